// A pace that depends on whether anybody has a page open. While nobody has, the consumers behind the live pages store the records of some
// seconds together, at a fraction of the cost of storing each at once.

import type { Pace } from './pace.ts';

/** The pace while a page is open, which updates about once a second. */
export const SEEN_MS = 400;
/** The pace otherwise; below the session timeout of the group. */
export const UNSEEN_MS = 5_000;
/** How long a page counts as open after seen(); an open page calls it more often. */
const SIGN_MS = 60_000;

export class Onlookers implements Pace {
  readonly #resting = new Set<() => void>();
  #until = Number.NEGATIVE_INFINITY;

  get leastMs(): number {
    return this.#areThere ? SEEN_MS : UNSEEN_MS;
  }

  /** Notes that a page is open; the first of them ends the long pauses. */
  seen(): void {
    const wereThere = this.#areThere;
    this.#until = performance.now() + SIGN_MS;
    if (!wereThere) for (const end of this.#resting) end();
  }

  rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#resting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#resting.add(end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }

  get #areThere(): boolean {
    return performance.now() < this.#until;
  }
}
