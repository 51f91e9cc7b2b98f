// Due times of sessions. Wall times are resolved by Temporal's "compatible" rule: a time that a clock change skips keeps the offset
// before the change (02:30 becomes 03:30), and of a repeated time the first counts. Temporal is JavaScript's future API
// (temporal-polyfill until Node has it); luxon and date-fns-tz leave both cases undefined.

import { Temporal } from 'temporal-polyfill';

const HOUR_MS = 3_600_000;

export type Timeout =
  | { readonly type: 'HOUR'; readonly hours: number }
  | { readonly type: 'DAY'; readonly time: string; readonly zone: string }
  | { readonly type: 'MONTH'; readonly day: number | 'last'; readonly time: string; readonly zone: string }
  | { readonly type: 'TIMESTAMP'; readonly field: string };

export type WallTimeout = Extract<Timeout, { readonly zone: string }>;

/** Notes on unusual moments, for the flush calendar. */
export type MomentNote = 'SKIPPED' | 'DOUBLED' | 'SHORT_MONTH';
/** `at` in milliseconds since the epoch. */
export type Moment = { readonly at: number; readonly notes: readonly MomentNote[] };

/**
 * The first moment of a Day or Month timeout strictly after a time.
 * @param after milliseconds since the epoch
 */
export function nextMoment(timeout: WallTimeout, after: number): Moment {
  const start = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(timeout.zone).toPlainDate();
  // A zone that skips a whole day (Samoa, 2011-12-30) may move a moment past the next one of the calendar.
  const from = timeout.type === 'DAY' ? start.subtract({ days: 1 }) : start.subtract({ months: 1 });
  for (let step = 0; ; step += 1) {
    const moment = momentOn(timeout, from.add(timeout.type === 'DAY' ? { days: step } : { months: step }));
    if (moment.at > after) return moment;
  }
}

/** The moment on a date, or in the month of a date. */
function momentOn(timeout: WallTimeout, date: Temporal.PlainDate): Moment {
  const day = timeout.type === 'DAY' ? date.day : dayOf(timeout.day, date);
  const wall = date.with({ day }).toPlainDateTime(Temporal.PlainTime.from(timeout.time));
  const zoned = wall.toZonedDateTime(timeout.zone, { disambiguation: 'compatible' });
  const later = wall.toZonedDateTime(timeout.zone, { disambiguation: 'later' });
  const notes: MomentNote[] = [];
  if (!zoned.toPlainDateTime().equals(wall)) notes.push('SKIPPED');
  else if (later.epochMilliseconds !== zoned.epochMilliseconds) notes.push('DOUBLED');
  if (timeout.type === 'MONTH' && typeof timeout.day === 'number' && day !== timeout.day)
    notes.push('SHORT_MONTH');
  return { at: zoned.epochMilliseconds, notes };
}

const dayOf = (day: number | 'last', { daysInMonth }: Temporal.PlainDate): number =>
  day === 'last' ? daysInMonth : Math.min(day, daysInMonth);

/** The due times of one timeout. The last one is cached, as sessions that begin between two moments share the later. */
export class DueTimes {
  readonly #timeout: Exclude<Timeout, { readonly type: 'TIMESTAMP' }>;
  #from = Number.POSITIVE_INFINITY;
  #due = Number.NEGATIVE_INFINITY;

  constructor(timeout: Exclude<Timeout, { readonly type: 'TIMESTAMP' }>) {
    this.#timeout = timeout;
  }

  /**
   * @param first time of the session's first record, in milliseconds since the epoch
   * @returns milliseconds since the epoch
   */
  dueOf(first: number): number {
    if (this.#timeout.type === 'HOUR') return first + this.#timeout.hours * HOUR_MS;
    if (first >= this.#from && first < this.#due) return this.#due;
    this.#due = nextMoment(this.#timeout, first).at;
    this.#from = first;
    return this.#due;
  }
}
