// Handles one request per connection at a time. HTTP/1.1 allows pipelining (RFC 9112, 9.3.2), and 2,300 requests fit into 58 kB: each
// waits here for the one before it, as its response would anyway. Browsers and libraries stay far below the limit.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST_QUEUED = 16;
/** Bytes that are parsed before a connection may be refused. */
const SLICE_BYTES = 4 * 1024;

const REFUSAL = JSON.stringify({
  error: {
    code: 'too_many_requests',
    message: 'too many pipelined requests on this connection',
    received: `more than ${MOST_QUEUED + 1}`,
    expected: `at most ${MOST_QUEUED + 1} at once`,
  },
});

type Queued = { readonly req: IncomingMessage; readonly res: ServerResponse };

/** The requests of a connection that wait for the one being handled. */
type Line = { readonly queued: Queued[]; isRefused: boolean };

const lines = new WeakMap<Socket, Line>();

/** Passes on the requests of each connection one after the other; a connection with too many waiting gets 429 and is closed. */
export function oneAtATime(listener: RequestListener): RequestListener {
  function take(line: Line, { req, res }: Queued): void {
    res.once('close', () => {
      if (req.socket.destroyed) return;
      const next = line.queued.shift();
      if (next === undefined) lines.delete(req.socket);
      else take(line, next);
    });
    listener(req, res);
  }

  return (req, res) => {
    const line = lines.get(req.socket);
    if (line === undefined) {
      const own = { queued: [], isRefused: false };
      lines.set(req.socket, own);
      take(own, { req, res });
    } else if (line.queued.length < MOST_QUEUED && !line.isRefused) {
      line.queued.push({ req, res });
    } else if (!line.isRefused) {
      line.isRefused = true;
      const [next] = line.queued.splice(0);
      if (next !== undefined) refuse(next.res);
    }
  };
}

/**
 * Makes an HTTP server parse what a connection sends in slices. Node reads up to 64 kB at once, and emits all requests in it before
 * the connection can be refused.
 */
export function readInSlices(socket: Socket): void {
  const parse = socket.listeners('data').at(-1);
  if (parse === undefined) return;
  socket.removeListener('data', parse as () => void);
  socket.on('data', (bytes: Buffer) => {
    if (lines.get(socket)?.isRefused) return;
    parse.call(socket, bytes.subarray(0, SLICE_BYTES));
    const rest = bytes.subarray(SLICE_BYTES);
    // Emitted again as data, at once or when the server resumes reading.
    if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
  });
}

function refuse(res: ServerResponse): void {
  const headers = { Connection: 'close', 'Content-Type': 'application/json', 'Retry-After': '1' };
  res.writeHead(429, headers).end(REFUSAL);
}
