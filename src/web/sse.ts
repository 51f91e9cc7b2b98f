// Server-sent events (HTML standard, 9.2). A reader that doesn't keep up is cut off instead of being buffered for; its
// EventSource comes back by itself and is told the whole state anew.

import type { Request, Response } from 'express';
import { unavailable } from './errors.ts';

const HEARTBEAT_MS = 15_000;
const LARGEST_BACKLOG_BYTES = 1024 * 1024;
const RECONNECT_MS = 1_000;

export type Stream = { send(event: string, data: unknown): void };

/** All open streams of this process, so that they can be counted, limited and ended. */
export class Streams {
  readonly #open = new Set<Response>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Turns a response into a stream.
   * @param onClose called once, when the reader has gone or the process ends
   * @throws {HttpError} 503 where too many are open
   */
  open(req: Request, res: Response, onClose: () => void): Stream {
    if (this.#open.size >= this.#limit) {
      throw unavailable('too_many_streams', `${this.#limit} streams are open, no more are taken`, 10);
    }
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#open.add(res);
    const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS);
    req.once('close', () => {
      clearInterval(heartbeat);
      this.#open.delete(res);
      onClose();
    });
    return {
      send: (event, data) => {
        if (res.writableLength > LARGEST_BACKLOG_BYTES) res.destroy();
        else res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      },
    };
  }

  /** Ends all streams; readers come back when the next process is up. */
  close(): void {
    for (const res of this.#open) res.end();
  }
}
