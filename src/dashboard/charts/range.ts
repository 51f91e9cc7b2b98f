// A range of days in the shop's time zone, `to` exclusive, and what it means in the database.

import { addDays, type DayRange, daysBetween } from '../../runtime/day.ts';

/** Of any range, in days. */
export const LONGEST_DAYS = 36_525;

/**
 * Everything there is to look at: from the first day with events, or today, to the last one, today or tomorrow.
 * @param extent first and last day with events; as `today`, ISO days
 */
export function everything(
  extent: { readonly first: string; readonly last: string } | undefined,
  today: string,
): DayRange {
  const { first, last } = extent ?? { first: today, last: today };
  return longestOf(first < today ? first : today, addDays(last > today ? last : today, 1));
}

/** A range whose missing ends are those of `all`, as far as LONGEST_DAYS reach; none where the given end lies beyond them. */
export function completed(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  all: DayRange,
): DayRange {
  if (from === undefined) return longestOf(all.from, to ?? all.to);
  const furthest = addDays(from, LONGEST_DAYS);
  return { from, to: to ?? (furthest < all.to ? furthest : all.to) };
}

/** The last LONGEST_DAYS of it. */
function longestOf(from: string, to: string): DayRange {
  const earliest = addDays(to, -LONGEST_DAYS);
  return { from: from < earliest ? earliest : from, to };
}

/** What a row of an answer may count, from fine to coarse. */
export const STEPS = ['day', 'week', 'month', 'year'] as const;
export type Step = (typeof STEPS)[number];
/** More rows than a reader of a chart can tell apart, or wants to wait for. */
export const MOST_ROWS = 5_000;
const STEP_DAYS = { day: 1, week: 7, month: 28, year: 365 } as const;

/** The finest step in which a range has at most MOST_ROWS. @param rowsAStep how many rows each step has */
export function stepOf(range: DayRange, rowsAStep: number): Step {
  const steps = (step: Step) => Math.ceil(daysBetween(range) / STEP_DAYS[step]) + 1;
  const fits = STEPS.find(
    (step) => (step === 'day' ? daysBetween(range) : steps(step)) * rowsAStep <= MOST_ROWS,
  );
  return fits ?? 'year';
}

/** SQL for the first day of `day`'s step within the range. @param from SQL for the range's first day */
export const stepStart = (step: Step, day: string, from: string): string =>
  `greatest(date_trunc('${step}', ${day}::timestamp)::date, ${from})`;

/** By time zone: making one takes longer than all the formatting of a look at today. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day that it is in a time zone. */
export function dayIn(timeZone: string, at = new Date()): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(at);
}
