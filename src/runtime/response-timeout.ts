// Detects half-open connections: the other machine is gone, or a network in between drops every byte. TCP gives up after a quarter of
// an hour where something was sent (tcp(7), tcp_retries2), and never where the kernel acknowledges for a stopped process. Here the
// answer to a request has to begin within a time.

import type { Socket } from 'node:net';
import { lookEvery, SELDOM_MS } from './look-every.ts';

const LOOKS_WITHIN_TIMEOUT = 3;

/** No answer came in time. */
export class ResponseTimeoutError extends Error {
  override readonly name = 'ResponseTimeoutError';
}

/**
 * Destroys the socket, with a ResponseTimeoutError, where something was written and nothing was read for too long. A socket that
 * is asked nothing may be silent for ever. Time is the monotonic clock's.
 * @param timeoutMs milliseconds that the answer to what was written last may take; the socket is destroyed at most two looks later
 */
export function endOnResponseTimeout(socket: Socket, timeoutMs: () => number): void {
  let answered = socket.bytesWritten;
  /** The look that saw first that an answer is due. */
  let since: number | undefined;
  // Before other listeners: what they write in return is not answered yet.
  socket.prependListener('data', () => {
    answered = socket.bytesWritten;
    since = undefined;
  });
  const end = lookEvery(Math.min(timeoutMs() / LOOKS_WITHIN_TIMEOUT, SELDOM_MS), () => {
    if (socket.bytesWritten === answered) return;
    const now = performance.now();
    since ??= now;
    if (now - since > timeoutMs())
      socket.destroy(new ResponseTimeoutError(`no answer within ${Math.round((now - since) / 1000)} s`));
  });
  socket.once('close', end);
}
