// A range of days in the shop's time zone, `to` exclusive, and what it means in the database.

/** ISO days as in 2019-01-31; `from` < `to`. */
export type DayRange = { readonly from: string; readonly to: string };

const DAY_MS = 86_400_000;

/** Whole days between two ISO days. */
export function daysBetween({ from, to }: DayRange): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The ISO day that comes `days` after. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Making one takes longer than all that a look at today needs it for. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day that it is in a time zone. */
export function dayIn(timeZone: string, at = new Date()): string {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  formats.set(timeZone, format);
  return format.format(at);
}
