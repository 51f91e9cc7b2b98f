// The tables of counts that the charts read (migrations/0002_rollups.sql, 0008_hours.sql, 0011_robots.sql, 0017_simulated.sql), and the
// SQL that counts into them. live.ts, loaded.ts and recount.ts run it.

/** The `source` of counts that belong to no partition: those of loaded files, and all of a recount. Partitions begin at 0. */
export const LOADED_SOURCE = -1;

/** SQL for the database's time zone: a subquery, as a plain call would run for each row. */
const ZONE = '(SELECT shop_time_zone())';

type Dimension = 'product' | 'title' | 'device' | 'robot' | 'simulated';

/** A table of counts: a row for each bucket of time, dimensions and source. */
export type Rollup = {
  readonly table: string;
  /** The column of the time bucket. */
  readonly bucket: string;
  /** SQL for the bucket that a timestamptz falls in. */
  readonly bucketOf: (time: string) => string;
  readonly dimensions: readonly Dimension[];
  /** SQL condition for the rows that are counted; all are where it is left out. */
  readonly where?: string;
};

export const ROLLUPS = {
  days: {
    table: 'day_counts',
    bucket: 'day',
    bucketOf: (time) => `(${time} AT TIME ZONE ${ZONE})::date`,
    dimensions: ['product', 'title', 'device', 'robot', 'simulated'],
  },
  hours: {
    table: 'hour_orders',
    bucket: 'hour',
    bucketOf: (time) => `date_trunc('hour', ${time}, ${ZONE})`,
    dimensions: ['product', 'robot', 'simulated'],
    where: `title = 'order'`,
  },
  minutes: {
    table: 'minute_counts',
    bucket: 'minute',
    bucketOf: (time) => `date_trunc('minute', ${time}, 'UTC')`,
    dimensions: ['product', 'title', 'device', 'robot', 'simulated'],
  },
} as const satisfies Readonly<Record<string, Rollup>>;

/** Rows to be counted, and SQL for their values. */
export type Rows = {
  /** What follows FROM. */
  readonly from: string;
  readonly time: string;
  readonly device: string;
  /** SQL that is true for a robot's row. */
  readonly robot: string;
  /** SQL that is true for a row that the simulator has made. */
  readonly simulated: string;
  /** SQL for the number of events in a group of rows. */
  readonly count: string;
};

/** Rows of `events` or of a table like it. */
export const eventRows = (from: string): Rows => ({
  from,
  time: '"time"',
  device: 'site_version',
  robot: 'is_robot(context)',
  simulated: 'is_simulated(context)',
  count: 'count(*)',
});

/** Rows of a loaded file, none of which is a robot's or simulated. @param from a table with the columns of events */
export const loadedRows = (from: string): Rows => ({
  ...eventRows(from),
  robot: 'false',
  simulated: 'false',
});

/** Counts by minute: the table minute_counts, or anything with its columns. */
export const minuteRows = (from: string): Rows => ({
  from,
  time: 'minute',
  device: 'device',
  robot: 'robot',
  simulated: 'simulated',
  count: 'sum(count)',
});

/** SELECT that counts rows by a rollup's bucket and dimensions. */
export function countsOf({ bucket, bucketOf, dimensions, where }: Rollup, rows: Rows): string {
  const columns = [`${bucketOf(rows.time)} AS ${bucket}`, ...dimensions.map((one) => named(one, rows))];
  // Constants are not in GROUP BY: a load would hash them for millions of rows.
  const grouped = columns.flatMap((column, index) => (column.startsWith('false ') ? [] : [index + 1]));
  return `SELECT ${columns.join(', ')}, ${rows.count}::bigint AS count FROM ${rows.from}
    ${where === undefined ? '' : `WHERE ${where}`} GROUP BY ${grouped.join(', ')}`;
}

const named = (dimension: Dimension, rows: Rows): string =>
  dimension === 'device' || dimension === 'robot' || dimension === 'simulated'
    ? `${rows[dimension]} AS ${dimension}`
    : dimension;

/**
 * INSERT that adds counts to a rollup.
 * @param counts a SELECT as countsOf makes it
 * @param source SQL for the source that they count under
 * @param sign -1 subtracts the counts
 */
export function addCountsSql(rollup: Rollup, counts: string, source: string, sign: 1 | -1 = 1): string {
  const { table, bucket, dimensions } = rollup;
  const key = [bucket, ...dimensions].join(', ');
  // In the order of the key, so that writers don't deadlock, and rows of one time share pages.
  return `INSERT INTO ${table} (${key}, source, count)
    SELECT ${key}, ${source}, ${sign} * count FROM (${counts}) AS counted ORDER BY ${key}
    ON CONFLICT (${key}, source) DO UPDATE SET count = ${table}.count + excluded.count`;
}

/**
 * SQL for the instant at which a day of the database's time zone begins. Where midnight comes twice (Havana), PostgreSQL takes the second
 * one, but the day begins an hour earlier.
 * @param day SQL for a date
 */
export function dayStart(day: string): string {
  const midnight = `${day}::date::timestamp AT TIME ZONE ${ZONE}`;
  const hourBefore = `${midnight} - interval '1 hour'`;
  return `(CASE WHEN (${hourBefore}) AT TIME ZONE ${ZONE} >= ${day}::date THEN ${hourBefore} ELSE ${midnight} END)`;
}

/** SQL for the year that a timestamptz falls in. */
export const yearOf = (time: string): string => `extract(year FROM ${time} AT TIME ZONE ${ZONE})::smallint`;

/**
 * INSERT that counts users who are new in a year on a device (user_years, year_users).
 * @param rows with a column user_id
 * @param source SQL for the source that they count under
 */
export const addUsersSql = (rows: Rows, source: string): string =>
  `WITH seen AS (${seenUsersSql(rows)}) ${countSeenSql('seen', source)}`;

/** INSERT of users who are new in a year on a device; it returns what they are counted by. @param rows as for addUsersSql() */
export const seenUsersSql = ({ from, time, device, robot, simulated }: Rows): string =>
  `INSERT INTO user_years (user_id, year, device, robot, simulated)
   SELECT DISTINCT user_id, ${yearOf(time)}, ${device}, ${robot}, ${simulated} FROM ${from} ORDER BY 1, 2, 3, 4, 5
   ON CONFLICT DO NOTHING
   RETURNING year, device, robot, simulated`;

/** INSERT that counts new users. @param seen a relation with what seenUsersSql() returns @param source as for addUsersSql() */
export const countSeenSql = (seen: string, source: string): string =>
  `INSERT INTO year_users (year, device, robot, simulated, source, users)
   SELECT year, device, robot, simulated, ${source}, count(*) FROM ${seen} GROUP BY year, device, robot, simulated
   ON CONFLICT (year, device, robot, simulated, source) DO UPDATE SET users = year_users.users + excluded.users`;
