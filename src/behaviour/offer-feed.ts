// New offers of this process's visitors, as soon as they are stored.

import type { Feed } from '../db/change-bus.ts';
import { levelOf } from '../db/errors.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../runtime/log.ts';
import { type Offer, readOffers, readOffersAfter } from './store.ts';

/** How many of the newest offers a first look tells. */
const FIRST_LOOK = 50;

export class OfferFeed implements Feed {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #watchers = new Map<string, Set<(offer: Offer) => void>>();
  /** The last offer that was told; undefined before the first look. */
  #last: number | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(pool: Pool, log: Logger) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Looks for new offers: the commit may have made some. */
  stored(): void {
    if (this.#watchers.size === 0) return;
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error) => this.#log[levelOf(error)]({ err: error }, 'no look at the offers'));
  }

  /** Calls `onOffer` for each new offer of a visitor. @returns ends it */
  watch(userId: string, onOffer: (offer: Offer) => void): () => void {
    const watchers = this.#watchers.get(userId) ?? new Set();
    watchers.add(onOffer);
    this.#watchers.set(userId, watchers);
    return () => {
      watchers.delete(onOffer);
      if (watchers.size === 0 && this.#watchers.get(userId) === watchers) this.#watchers.delete(userId);
      // Nobody looks any more: what comes meanwhile is told when a stream opens.
      if (this.#watchers.size === 0) this.#last = undefined;
    };
  }

  async #look(): Promise<void> {
    // The offer that caused this look is among the newest; a page that has it already shows it once.
    this.#last ??= (await readOffers(this.#pool, FIRST_LOOK))[FIRST_LOOK - 1]?.seq ?? 0;
    for (const offer of await readOffersAfter(this.#pool, this.#last)) {
      this.#last = offer.seq;
      if (offer.redeemed_at !== null) continue;
      for (const tell of this.#watchers.get(offer.user_id) ?? []) tell(offer);
    }
  }
}
