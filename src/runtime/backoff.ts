// Growing pauses between tries: the first is short, each next one twice as long, up to a longest.

import { setTimeout as sleep } from 'node:timers/promises';

export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #nextMs: number;

  /** @param firstMs of the first pause, @param longestMs of any; milliseconds */
  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#nextMs = firstMs;
  }

  /** Milliseconds of the next pause; the one after it is longer. */
  next(): number {
    const pause = this.#nextMs;
    this.#nextMs = Math.min(pause * 2, this.#longestMs);
    return pause;
  }

  /** Something went well: the next pause is a first one again. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }

  /** Waits for the next pause; an aborted signal ends it early, without an error. */
  async wait(signal?: AbortSignal): Promise<void> {
    await sleep(this.next(), undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}
