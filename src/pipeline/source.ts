// A server or a process that is polled, and may be away or slow: the newest answer is kept with its age, and nobody waits for it.

import { reasonOf } from '../kafka/errors.ts';

/** Milliseconds after which an answer counts no more. */
const STALE_MS = 2_500;

export class Source<T> {
  readonly #ask: () => Promise<T>;
  #asking: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #latestAskedAt = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  /** The newest answer, however old. */
  latest: T | undefined;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Asks, unless an answer is awaited already; never rejects. */
  poll(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    const askedAt = performance.now();
    this.#askedAt = askedAt;
    this.#asking = this.#ask()
      .then(
        (answer) => {
          this.latest = answer;
          this.#answeredAt = performance.now();
          this.#latestAskedAt = askedAt;
          this.#failure = undefined;
        },
        (error) => {
          this.#failure = reasonOf(error);
        },
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** Whether its newest answer was asked for after the other's had come. */
  isNewerThan(other: Source<unknown>): boolean {
    return this.#latestAskedAt >= other.#answeredAt;
  }

  /** Why there is no answer that counts; undefined where there is one. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return this.#failure;
    const waited = performance.now() - Math.max(this.#askedAt, this.#answeredAt);
    const silent = this.#asking !== undefined && waited > STALE_MS;
    return silent ? `no answer for ${Math.round(waited / 1000)} s` : undefined;
  }
}
