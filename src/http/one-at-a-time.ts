// One request in hand per connection. HTTP/1.1 lets a client send the next before it is answered (RFC 9112, 9.3.2), and 58 kB
// hold 2,300 of them: each waits here for the one before it, as its answer would anyway. No browser or library sends as
// many as are refused.

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST_QUEUED = 16;
/** How much of what a connection has sent is read before it may be refused. */
const SLICE_BYTES = 4 * 1024;

const REFUSAL = JSON.stringify({
  error: {
    code: 'too_many_requests',
    message: 'too many requests on this connection that did not wait for an answer',
    received: `more than ${MOST_QUEUED + 1}`,
    expected: `at most ${MOST_QUEUED + 1} at once`,
  },
});

type Queued = { readonly req: IncomingMessage; readonly res: ServerResponse };

/** What else a connection has asked for while its request is in hand. */
type Line = { readonly queued: Queued[]; isRefused: boolean };

const lines = new WeakMap<Socket, Line>();

/** Hands requests on in the order of their connection; one that asks for too many at once gets 429 and is closed. */
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
 * Has a connection of an HTTP server read in slices. Node reads 64 kB at once, and makes a request of all that begin in it
 * before anybody can refuse them.
 */
export function readInSlices(socket: Socket): void {
  const parse = socket.listeners('data').at(-1);
  if (parse === undefined) return;
  socket.removeListener('data', parse as () => void);
  socket.on('data', (bytes: Buffer) => {
    if (lines.get(socket)?.isRefused) return;
    parse.call(socket, bytes.subarray(0, SLICE_BYTES));
    const rest = bytes.subarray(SLICE_BYTES);
    // Comes again as data, at once or when the server reads on.
    if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
  });
}

function refuse(res: ServerResponse): void {
  const headers = { Connection: 'close', 'Content-Type': 'application/json', 'Retry-After': '1' };
  res.writeHead(429, headers).end(REFUSAL);
}
