// The HTTP server around the application: limits, and clear answers to what isn't HTTP.

import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import type { Logger } from '../runtime/log.ts';
import { mostConnections } from '../runtime/open-files.ts';
import { oneAtATime, readInSlices } from './one-at-a-time.ts';

const HEADER_BYTES = 16 * 1024;
const HEADERS_SECONDS = 10;
const REQUEST_SECONDS = 30;
/** Longer than the 60 s for which balancers keep a connection: what they reuse must not just have been closed by us. */
const KEEP_ALIVE_SECONDS = 65;

class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * Listens.
 * @throws {ListenError} saying by which setting the address can be changed
 */
export async function listenHttp(app: Express, host: string, port: number, log: Logger): Promise<Server> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: HEADERS_SECONDS * 1000,
      requestTimeout: REQUEST_SECONDS * 1000,
      keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
    },
    oneAtATime(app),
  );
  server.on('connection', readInSlices);
  server.on('clientError', answerClientError);
  server.maxConnections = mostConnections();
  server.on('drop', () =>
    log.warn(
      `a connection was refused: ${server.maxConnections} are open, as many as "ulimit -n" leaves room for`,
    ),
  );
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(explain(error, host, port));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  server.on('error', (err) => log.error({ err }, 'a connection was not taken'));
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

/** Requests that Node's parser refuses never reach Express. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code, message] = describe(error.code);
  const body = JSON.stringify({ error: { code, message, received: null, expected: null } });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function describe(code: string | undefined): readonly [status: string, code: string, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        '431 Request Header Fields Too Large',
        'headers_too_large',
        `cookies and other headers are too large, expected at most ${HEADER_BYTES} bytes in all`,
      ];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'timeout', 'the request did not arrive in time'];
    default:
      return ['400 Bad Request', 'not_http', 'this is not an HTTP/1.1 request'];
  }
}
