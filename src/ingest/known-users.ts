// Users that are in user_years for sure, so that a visitor who comes back costs no look-up. Filled only after a commit;
// what it forgets or never knew is asked of Postgres again.

import type { ShopEvent } from '../events/event.ts';

const MOST_KNOWN = 200_000;
/** Around New Year the time zone decides the year: those events are asked for each time. */
const NEAR_NEW_YEAR = new Set(['12-31', '01-01']);

export class KnownUsers {
  /** By year and device. */
  readonly #known = new Map<string, Set<string>>();
  #size = 0;

  /** The events whose user isn't known in their year and on their device; one for each at least. */
  unknown(events: readonly ShopEvent[]): readonly ShopEvent[] {
    const asked = new Map<string, Set<string>>();
    return events.filter((event) => {
      const group = groupOf(event);
      if (this.#known.get(group)?.has(event.user_id)) return false;
      const users = asked.get(group) ?? new Set();
      if (users.has(event.user_id) && !isNearNewYear(event)) return false;
      asked.set(group, users.add(event.user_id));
      return true;
    });
  }

  /** Remembers the users of events that a transaction has counted and committed. */
  learn(counted: readonly ShopEvent[]): void {
    if (this.#size > MOST_KNOWN) this.#forget();
    for (const event of counted) {
      if (isNearNewYear(event)) continue;
      const group = groupOf(event);
      const users = this.#known.get(group) ?? new Set();
      this.#size -= users.size;
      this.#known.set(group, users.add(event.user_id));
      this.#size += users.size;
    }
  }

  #forget(): void {
    this.#known.clear();
    this.#size = 0;
  }
}

const groupOf = ({ time, site_version }: ShopEvent) => time.slice(0, 4) + site_version;
const isNearNewYear = ({ time }: ShopEvent) => NEAR_NEW_YEAR.has(time.slice(5, 10));
