// Users that are in user_years for sure, so that a visitor who comes back costs no look-up. Filled only after a commit;
// what it forgets or never knew is asked of Postgres again.

import type { ShopEvent } from '../events/event.ts';

const MOST_KNOWN = 200_000;

export class KnownUsers {
  readonly #known = new Set<string>();

  /** One event for each user, year and device that isn't known. */
  unknown(events: readonly ShopEvent[]): ReadonlyMap<string, ShopEvent> {
    const unknown = new Map<string, ShopEvent>();
    for (const event of events) {
      const key = keyOf(event);
      if (!this.#known.has(key) && !unknown.has(key)) unknown.set(key, event);
    }
    return unknown;
  }

  /** Remembers what a transaction has committed. */
  learn(keys: Iterable<string>): void {
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    for (const key of keys) if (!isNearNewYear(key)) this.#known.add(key);
  }
}

/** The day tells the year but for the time zone: around New Year every event is asked for. */
function keyOf({ user_id, site_version, time }: ShopEvent): string {
  const day = time.slice(5, 10);
  return day === '12-31' || day === '01-01'
    ? `${NEAR}${time} ${site_version} ${user_id}`
    : `${time.slice(0, 4)} ${site_version} ${user_id}`;
}

const NEAR = 'near ';
const isNearNewYear = (key: string) => key.startsWith(NEAR);
