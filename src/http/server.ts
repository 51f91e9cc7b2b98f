// The HTTP server around the application: its limits, and clear responses to what isn't HTTP.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import type { Logger } from '../runtime/log.ts';
import { mostConnections } from '../runtime/open-files.ts';
import { oneAtATime, readInSlices } from './one-at-a-time.ts';

const HEADER_BYTES = 16 * 1024;
const HEADERS_SECONDS = 10;
const REQUEST_SECONDS = 30;
/** More than the 60 s for which load balancers keep a connection, so that they do not reuse one that is just being closed. */
const KEEP_ALIVE_SECONDS = 65;
/**
 * Limit of the connections that wait to be accepted; the system may allow fewer. Beyond it, which is 511 by Node's default, a client
 * retries after one second, then after three, then seven.
 */
const MOST_WAITING = 4_096;
/** For how long the rest of what a refused client sends is read and dropped. */
const DROP_MS = 2_000;

class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * Listens; the application emits `connection` for each connection that is accepted.
 * @throws {ListenError} naming the setting of the address
 */
export async function listenHttp(app: Express, host: string, port: number, log: Logger): Promise<Server> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_SECONDS * 1000,
      requestTimeout: REQUEST_SECONDS * 1000,
      keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
      requireHostHeader: false, // shop-origin.ts responds with a better message
    },
    oneAtATime(app),
  );
  server.on('connection', readInSlices);
  server.on('connection', () => app.emit('connection'));
  server.on('clientError', answerClientError);
  server.on('connect', refuseTunnel);
  server.on('checkExpectation', refuseExpectation);
  // A client that has closed its side after the request (shutdown(2), as nc does) still gets the response; streams end then (sse.ts).
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = mostConnections();
  server.on('drop', () =>
    log.warn(
      `a connection was refused: ${server.maxConnections} are open, as many as "ulimit -n" leaves room for`,
    ),
  );
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(explain(error, host, port));
    server.once('error', refuse);
    server.listen({ port, host, backlog: MOST_WAITING }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  server.on('error', (err) => log.error({ err }, 'a connection was not accepted'));
  return server;
}

function explain(error: Error, host: string, port: number): ListenError {
  const code = 'code' in error ? error.code : error.message;
  if (code === 'EADDRINUSE') {
    return new ListenError(`port ${port} is taken; choose another one for the shop with PORT or --port`, {
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new ListenError(`port ${port} needs more rights; choose one above 1023 with PORT or --port`, {
      cause: error,
    });
  }
  return new ListenError(`can't listen on ${host}:${port} (${code}); choose with HOST and PORT`, {
    cause: error,
  });
}

type ClientError = Error & {
  readonly code?: string;
  /** The reason given by Node's parser. */
  readonly reason?: string;
};

/** Responds to requests that Node's parser refuses, which never reach Express. */
function answerClientError(error: ClientError, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code, message] = describe(error);
  end(socket, status, bodyOf(code, message, null, null));
}

/** Responds to CONNECT, at which Node by itself closes the connection. */
function refuseTunnel({ method, url }: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  const body = bodyOf('method_not_allowed', 'the shop is no proxy', `${method} ${url}`, 'GET, HEAD or POST');
  end(socket, '405 Method Not Allowed', body);
}

function refuseExpectation({ headers }: IncomingMessage, res: ServerResponse): void {
  const body = bodyOf('expectation', 'that can not be expected', headers.expect ?? null, '100-continue');
  const own = { Connection: 'close', 'Content-Type': 'application/json' };
  res.writeHead(417, { ...own, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

function bodyOf(code: string, message: string, received: string | null, expected: string | null): string {
  return JSON.stringify({ error: { code, message, received, expected } });
}

/**
 * Responds and closes. The rest of what the client sends is read and dropped for a while: a connection that is closed with unread bytes
 * is reset by the system, and its client may never read the response.
 */
function end(socket: Duplex, status: string, body: string): void {
  socket.removeAllListeners('data').resume();
  const close = () => socket.destroy();
  socket.once('end', close);
  setTimeout(close, DROP_MS).unref();
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function describe({ code, reason }: ClientError): readonly [status: string, code: string, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        '431 Request Header Fields Too Large',
        'headers_too_large',
        `the address, cookies and other headers are too large, expected at most ${HEADER_BYTES} bytes in all`,
      ];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'timeout', 'the request did not arrive in time'];
    case 'HPE_INVALID_EOF_STATE':
      return ['400 Bad Request', 'aborted', 'the request ended early'];
    default:
      return [
        '400 Bad Request',
        'not_http',
        `this is not an HTTP/1.1 request${reason ? ` (${reason})` : ''}`,
      ];
  }
}
