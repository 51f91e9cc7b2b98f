// Users that are in user_years for sure, so that a visitor who comes back costs no look-up. Filled only after a commit;
// what it forgets or never knew is asked of Postgres again.

import { DEVICES } from '../events/event.ts';
import type { LiveEvent } from './batch.ts';

const MOST_KNOWN = 200_000;
const DAY_MS = 86_400_000;

export class KnownUsers {
  /** By group, as groupOf has it. */
  readonly #known = new Map<number, Set<string>>();
  #size = 0;

  /** The events whose user isn't known in their year and on their device; one for each at least. */
  unknown(events: readonly LiveEvent[]): readonly LiveEvent[] {
    const asked = new Map<number, Set<string>>();
    return events.filter((event) => {
      const group = groupOf(event);
      if (group === undefined) return true;
      if (this.#known.get(group)?.has(event.user_id)) return false;
      const users = asked.get(group) ?? new Set();
      if (users.has(event.user_id)) return false;
      asked.set(group, users.add(event.user_id));
      return true;
    });
  }

  /** Remembers the users of events that a transaction has counted and committed. */
  learn(counted: readonly LiveEvent[]): void {
    if (this.#size > MOST_KNOWN) this.#forget();
    for (const event of counted) {
      const group = groupOf(event);
      if (group === undefined) continue;
      const users = this.#known.get(group) ?? new Set();
      this.#size -= users.size;
      this.#known.set(group, users.add(apart(event.user_id)));
      this.#size += users.size;
    }
  }

  #forget(): void {
    this.#known.clear();
    this.#size = 0;
  }
}

/**
 * A number for each year and device. Undefined around New Year, where the time zone decides the year: those events are
 * asked for each time.
 */
function groupOf({ time, kind }: LiveEvent): number | undefined {
  const year = yearAround(Math.floor(time / DAY_MS));
  return year === undefined ? undefined : year * DEVICES.length + DEVICES.indexOf(kind.device);
}

/** The year of a day, counted from 1970, and of the days before and after it; undefined where they have two. */
function yearAround(day: number): number | undefined {
  if (day !== remembered.day) {
    const [before, after] = [day - 1, day + 1].map((one) => new Date(one * DAY_MS).getUTCFullYear());
    remembered = { day, year: before === after ? after : undefined };
  }
  return remembered.year;
}

/** Events come in the order of their days, nearly. */
let remembered: { readonly day: number; readonly year: number | undefined } = {
  day: Number.NaN,
  year: undefined,
};

/** A copy that doesn't hold the whole message in memory, as a slice of it does. */
const apart = (hex: string) => Buffer.from(hex, 'latin1').toString('latin1');
