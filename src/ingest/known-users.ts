// A cache of users that are in user_years, so that a returning visitor costs no query. Users are added only after a commit; those that
// are not in it are looked up in Postgres.

import { DEVICES } from '../events/event.ts';
import { type LiveEvent, USER_ID } from './batch.ts';
import { IdSet } from './id-set.ts';

const MOST_KNOWN = 200_000;
const DAY_MS = 86_400_000;

export class KnownUsers {
  /** By group, as groupOf has it. */
  readonly #known = new Map<number, IdSet>();
  #size = 0;

  /** Of each user that is not known for the event's year and device, at least one event. */
  unknown(events: readonly LiveEvent[]): readonly LiveEvent[] {
    const asked = new Map<number, IdSet>();
    return events.filter((event) => {
      const group = groupOf(event);
      if (group === undefined) return true;
      if (this.#known.get(group)?.has(event.ids, event.at + USER_ID)) return false;
      return setOf(asked, group).add(event.ids, event.at + USER_ID);
    });
  }

  /** Remembers the users of events that a transaction has counted and committed. */
  learn(counted: readonly LiveEvent[]): void {
    if (this.#size > MOST_KNOWN) this.#forget();
    for (const event of counted) {
      const group = groupOf(event);
      if (group === undefined) continue;
      if (setOf(this.#known, group).add(event.ids, event.at + USER_ID)) this.#size += 1;
    }
  }

  #forget(): void {
    this.#known.clear();
    this.#size = 0;
  }
}

/**
 * A number for each combination of year, device, robot or not, and simulated or not. Undefined around New Year, where the year depends
 * on the time zone: users of those events are looked up each time.
 */
function groupOf({ time, dimensions }: LiveEvent): number | undefined {
  const year = yearAround(Math.floor(time / DAY_MS));
  if (year === undefined) return undefined;
  return (
    (year * DEVICES.length + DEVICES.indexOf(dimensions.device)) * 4 +
    2 * Number(dimensions.robot) +
    Number(dimensions.simulated)
  );
}

/** The year of a day, which is counted from 1970, and of the days before and after it; undefined where these differ. */
function yearAround(day: number): number | undefined {
  if (day !== remembered.day) {
    const [before, after] = [day - 1, day + 1].map((one) => new Date(one * DAY_MS).getUTCFullYear());
    remembered = { day, year: before === after ? after : undefined };
  }
  return remembered.year;
}

/** The last result of yearAround(): nearly all events have the day of the event before. */
let remembered: { readonly day: number; readonly year: number | undefined } = {
  day: Number.NaN,
  year: undefined,
};

function setOf(sets: Map<number, IdSet>, group: number): IdSet {
  const set = sets.get(group) ?? new IdSet();
  sets.set(group, set);
  return set;
}
