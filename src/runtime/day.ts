// ISO days, as in 2019-01-31, and ranges of them. Pure: whose days they are, the caller knows.

import { z } from 'zod';

/** `from` < `to`, which is exclusive. */
export type DayRange = { readonly from: string; readonly to: string };

const DAY_MS = 86_400_000;
/** The farthest instant from 1970, before or after, that ECMAScript's Date can hold, in milliseconds. */
export const FARTHEST_MS = 8.64e15;

/** PostgreSQL knows no year 0, and an ISO day has four digits for its year. */
const [FIRST_DAY, LAST_DAY] = ['0001-01-01', '9999-12-31'];
const EXPECTED = { error: 'an ISO date as in 2019-01-31' };

/** A day as a query string has it. */
export const daySchema = z.iso.date(EXPECTED).regex(/^(?!0000)/, EXPECTED);

/** Whole days between two days. */
export function daysBetween({ from, to }: DayRange): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The day that comes `days` after, or the first or last there is. */
export function addDays(day: string, days: number): string {
  const ms = Date.parse(day) + days * DAY_MS;
  return new Date(Math.min(Math.max(ms, Date.parse(FIRST_DAY)), Date.parse(LAST_DAY)))
    .toISOString()
    .slice(0, 10);
}
