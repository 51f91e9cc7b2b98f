// Chart.js's date adapter for one time zone, by the browser's own Intl: the shop's wall clock, not the reader's.
// "Wall" is a time of the zone written as if it were UTC, so that a calendar can be reckoned with in UTC's methods.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lengths for rough differences; exact up to a day's change of clocks. @type {Readonly<Record<string, number>>} */
const LENGTHS = {
  millisecond: 1,
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  isoWeek: 7 * DAY,
  month: 30 * DAY,
  quarter: 91 * DAY,
  year: 365 * DAY,
};
/** @param {string} unit */
const lengthOf = (unit) => LENGTHS[unit] ?? DAY;

/** @typedef {Intl.DateTimeFormatOptions} Options */

/** @type {Options} */
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
/** @type {Options} */
const monthAndYear = { month: 'short', year: 'numeric' };
/** @type {Options} */
const dayOfYear = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' };
/** @type {Readonly<Record<string, Options>>} */
const FORMATS = {
  millisecond: clock,
  second: clock,
  minute: clock,
  hour: clock,
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: monthAndYear,
  quarter: monthAndYear,
  year: { year: 'numeric' },
  fullDay: dayOfYear,
  moment: { ...dayOfYear, ...clock },
};

/** @param {string} timeZone  @param {Options} options */
const formatIn = (timeZone, options, locale = 'en-GB') =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone });

/**
 * Moves a wall time to the beginning of its day, week (Monday), month, quarter or year.
 * @param {number} wall
 * @param {string} unit
 */
function floorWall(wall, unit) {
  const date = new Date(wall);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (unit === 'year') return Date.UTC(year, 0);
  if (unit === 'quarter') return Date.UTC(year, month - (month % 3));
  if (unit === 'month') return Date.UTC(year, month);
  if (unit === 'week' || unit === 'isoWeek') return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
  return Date.UTC(year, month, day);
}

/** @param {number} wall  @param {number} amount  @param {string} unit */
function addToWall(wall, amount, unit) {
  const date = new Date(wall);
  if (unit === 'day') date.setUTCDate(date.getUTCDate() + amount);
  else if (unit === 'week') date.setUTCDate(date.getUTCDate() + 7 * amount);
  else {
    const months = unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1;
    date.setUTCMonth(date.getUTCMonth() + months * amount);
  }
  return date.getTime();
}

/** @typedef {'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'} Unit */

/**
 * Ticks where people look for them: full hours, days, Mondays, the first of a month.
 * @param {number} days
 * @param {string} resolution
 * @returns {{ unit: Unit, stepSize?: number }}
 */
export function ticksFor(days, resolution) {
  if (days <= 2 && (resolution === 'minute' || resolution === 'hour')) return { unit: 'hour', stepSize: 3 };
  if (days <= 16) return { unit: 'day' };
  if (days <= 65) return { unit: 'week' };
  if (days <= 400) return { unit: 'month' };
  return { unit: days <= 1500 ? 'quarter' : 'year' };
}

/** @param {string} timeZone IANA name @returns the adapter; all times are milliseconds since 1970 */
export function zonedTime(timeZone) {
  const reader = formatIn(
    timeZone,
    { year: 'numeric', month: 'numeric', day: 'numeric', ...clock, second: '2-digit' },
    'en-US',
  );
  const formats = Object.fromEntries(
    Object.entries(FORMATS).map(([name, options]) => [name, formatIn(timeZone, options)]),
  );

  /** @param {number} ms */
  function offset(ms) {
    // 11/22/2026, 14:37:12. formatToParts() takes three times as long.
    const [month = 1, day = 1, year = 1970, ...rest] = (reader.format(ms).match(/\d+/g) ?? []).map(Number);
    return Date.UTC(year, month - 1, day, ...rest) - Math.floor(ms / SECOND) * SECOND;
  }
  /** @param {number} ms */
  const toWall = (ms) => ms + offset(ms);

  /**
   * The first instant that shows a wall time. Where the clock was put forward over it (in Cairo a day begins at 01:00), that is
   * the change.
   * @param {number} wall
   */
  function fromWall(wall) {
    const [early, late] = [wall - offset(wall - DAY), wall - offset(wall + DAY)];
    return toWall(early) !== wall && toWall(late) === wall ? late : early;
  }
  /** @param {string} unit */
  const isShort = (unit) => lengthOf(unit) <= HOUR;

  /** @param {number} ms  @param {string} unit */
  const startOf = (ms, unit) =>
    isShort(unit) ? ms - (toWall(ms) % lengthOf(unit)) : fromWall(floorWall(toWall(ms), unit));
  /** @param {number} ms  @param {number} amount  @param {string} unit */
  const add = (ms, amount, unit) =>
    isShort(unit) ? ms + amount * lengthOf(unit) : fromWall(addToWall(toWall(ms), amount, unit));

  /** Charts of years ask for the same days again and again, and Intl is slow. @type {Map<string, number>} */
  const midnights = new Map();

  /** The instant that begins an ISO day. @param {string} isoDay */
  function midnight(isoDay) {
    const known = midnights.get(isoDay) ?? fromWall(Date.parse(isoDay));
    midnights.set(isoDay, known);
    return known;
  }

  return {
    formats: () =>
      /** @type {Record<import('chart.js').TimeUnit | 'datetime', string>} */ (
        Object.fromEntries(Object.keys(FORMATS).map((name) => [name, name]))
      ),
    /** @param {unknown} value */
    parse: (value) => (typeof value === 'number' ? value : null),
    /** @param {number} ms  @param {string} name */
    format: (ms, name) => formats[name]?.format(ms) ?? '',
    add,
    /** @param {number} a  @param {number} b  @param {string} unit */
    diff: (a, b, unit) => Math.floor((a - b) / lengthOf(unit)),
    startOf,
    /** @param {number} ms  @param {string} unit */
    endOf: (ms, unit) => add(startOf(ms, unit), 1, unit) - 1,
    midnight,
  };
}
