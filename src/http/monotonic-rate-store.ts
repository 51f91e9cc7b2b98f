// Counts requests by address in windows of the monotonic clock. express-rate-limit's own store ends a window by the wall clock: if
// that is set back by an hour, the window lasts for an hour.

import type { Store } from 'express-rate-limit';

type Client = { hits: number; readonly endsAt: number };

export class MonotonicRateStore implements Store {
  readonly localKeys = true;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #clients = new Map<string, Client>();
  #sweptAt: number;

  /** @param now a monotonic clock, in milliseconds */
  constructor(windowMs: number, now = () => performance.now()) {
    this.#windowMs = windowMs;
    this.#now = now;
    this.#sweptAt = now();
  }

  increment(key: string): { totalHits: number; resetTime: undefined } {
    const now = this.#now();
    this.#sweep(now);
    const known = this.#clients.get(key);
    const client =
      known === undefined || known.endsAt <= now ? { hits: 0, endsAt: now + this.#windowMs } : known;
    client.hits += 1;
    this.#clients.set(key, client);
    return { totalHits: client.hits, resetTime: undefined };
  }

  decrement(key: string): void {
    const client = this.#clients.get(key);
    if (client !== undefined && client.hits > 0) client.hits -= 1;
  }

  resetKey(key: string): void {
    this.#clients.delete(key);
  }

  /** Deletes expired windows, once per window, so that addresses do not stay in memory for ever. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < this.#windowMs) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#clients) if (endsAt <= now) this.#clients.delete(key);
  }
}
