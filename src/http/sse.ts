// Server-sent events (HTML standard, 9.2). A client that doesn't keep up is disconnected instead of buffered for; its EventSource
// reconnects and gets the whole state again.

import type { Request, Response } from 'express';
import { limitKeyOf } from './client-address.ts';
import { unavailable } from './errors.ts';
import { tooMany } from './rate-limit.ts';

const HEARTBEAT_MS = 15_000;
const LARGEST_BACKLOG_BYTES = 1024 * 1024;
const RECONNECT_MS = 1_000;
const RETRY_SECONDS = 10;

export type Stream = {
  send(event: string, data: unknown): void;
  /** Sends a message of sseMessage(), which is serialised once for many clients. */
  write(message: Uint8Array): void;
};

/** One event as it is sent, as bytes: text would be encoded for each client. */
export const sseMessage = (event: string, data: unknown): Buffer =>
  Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

/** All open streams of this process, to count, limit and end them. */
export class Streams {
  readonly #open = new Set<Response>();
  readonly #byAddress = new Map<string, number>();
  readonly #limit: number;
  readonly #limitOfAddress: number;
  /** Messages sent to all clients since the start of this process. */
  told = 0;
  #telling: { readonly everyMs: number; readonly tell: () => void } | undefined;
  #teller: NodeJS.Timeout | undefined;

  /**
   * @param limit of all streams
   * @param limitOfAddress of the streams of one address
   */
  constructor(limit: number, limitOfAddress = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
    this.#limitOfAddress = limitOfAddress;
  }

  /** Calls `tell` when the first stream is opened, and at intervals while any is open. @param tell must not throw */
  whileOpen(everyMs: number, tell: () => void): void {
    this.#telling = { everyMs, tell };
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Turns a response into a stream.
   * @param onClose called once, when the client disconnects or the process ends
   * @throws {HttpError} 429 where too many streams of this address are open, 503 where too many are open in all
   */
  open(req: Request, res: Response, onClose: () => void): Stream {
    if (this.#open.size >= this.#limit) {
      throw unavailable(
        'too_many_streams',
        `${this.#limit} streams are open, no more are accepted`,
        RETRY_SECONDS,
      );
    }
    const leave = this.#enter(limitKeyOf(req));
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    // The response to HEAD ends at once, as a client would wait for its end; so does that to a half-closed connection, whose client has
    // most often gone.
    if (req.method === 'HEAD' || req.socket.readableEnded) {
      req.once('close', () => {
        leave();
        onClose();
      });
      res.end();
      return { write: () => {}, send: () => {} };
    }
    res.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#open.add(res);
    if (this.#open.size === 1) this.#beginTelling();
    const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS);
    req.socket.once('end', () => res.destroy());
    res.once('close', () => {
      clearInterval(heartbeat);
      this.#open.delete(res);
      if (this.#open.size === 0) clearInterval(this.#teller);
      leave();
      onClose();
    });
    const write = (message: Uint8Array): void => {
      this.told += 1;
      if (res.writableLength > LARGEST_BACKLOG_BYTES) res.destroy();
      else res.write(message);
    };
    return { write, send: (event, data) => write(sseMessage(event, data)) };
  }

  /** Counts a stream of an address, until the returned function is called. */
  #enter(address: string): () => void {
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= this.#limitOfAddress) {
      const most = `at most ${this.#limitOfAddress}`;
      throw tooMany('too_many_streams', 'too many streams are open from this address', RETRY_SECONDS, most);
    }
    this.#byAddress.set(address, open + 1);
    return () => {
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    };
  }

  #beginTelling(): void {
    if (this.#telling === undefined) return;
    const { everyMs, tell } = this.#telling;
    this.#teller = setInterval(tell, everyMs);
    tell();
  }

  /** Ends all streams; clients reconnect to the next process. */
  close(): void {
    for (const res of this.#open) res.end();
  }
}
