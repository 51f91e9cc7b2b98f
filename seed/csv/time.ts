// The dataset's times, YYYY-MM-DD HH:MM:SS without a zone, read as UTC into whole seconds since 2000-01-01, PostgreSQL's
// epoch. ISO 8601 with a T, a fraction of zeros or UTC's offset is accepted too.

const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;
const DAY = 86_400;
const EPOCH_DAY = Date.UTC(FIRST_YEAR, 0, 1) / 1000 / DAY;

/** Days from 2000-01-01 to the first of each month, January 2000 first; one more than there are months. */
const firstDays = Int32Array.from(
  { length: (LAST_YEAR - FIRST_YEAR + 1) * 12 + 1 },
  (_, month) => Date.UTC(FIRST_YEAR, month, 1) / 1000 / DAY - EPOCH_DAY,
);

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.0+)?(?:Z|\+00:?00)?$/;

/** Seconds since 2000-01-01 00:00:00 UTC; undefined where the text is no such moment of the years 2000 to 2099. */
export function parseSecond(text: string): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
    PATTERN.exec(text)?.slice(1).map(Number) ?? [];
  return secondOf(year, month, day, hour, minute, second);
}

/** As parseSecond, from numbers. */
export function secondOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const index = (year - FIRST_YEAR) * 12 + month - 1;
  const days = (firstDays[index] ?? 0) + day - 1;
  if (days >= (firstDays[index + 1] ?? 0)) return undefined;
  return days * DAY + hour * 3600 + minute * 60 + second;
}
