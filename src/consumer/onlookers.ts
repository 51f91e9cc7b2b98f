// Whether anybody looks at a page. Who follows the stored events hurries only then: where nobody looks, the events of some seconds are
// taken together, which costs a fraction of taking each by itself.

import type { Pace } from './pace.ts';

/** While somebody looks: within a second is soon enough, and the page has its own pace behind that. */
export const SEEN_MS = 400;
/** Where nobody does; less than the group waits for a heartbeat. */
export const UNSEEN_MS = 5_000;
/** How long a sign of somebody lasts; pages that stay open give it more often. */
const SIGN_MS = 60_000;

export class Onlookers implements Pace {
  readonly #resting = new Set<() => void>();
  #until = Number.NEGATIVE_INFINITY;

  get leastMs(): number {
    return this.#areThere ? SEEN_MS : UNSEEN_MS;
  }

  /** A page is open: whoever rests for long goes on. */
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
