// What the charts read (migrations/0002_rollups.sql, 0008_hours.sql), moved for rows that a load adds or takes away.
// Loaded rows count under source -1, as people's: partitions of Kafka have numbers from 0. Of them only orders count by the
// minute.

import type { Client } from '../../src/db/pool.ts';

/** A table or temporary table with the columns of events. */
type Relation = string;

/** The database's time zone. Looked up once a query: called as a function, it would be looked up for each row. */
const ZONE = '(SELECT shop_time_zone())';

/** How many rows each day has, as day_counts keeps it. */
export const daysOf = (rows: Relation): string =>
  `SELECT ("time" AT TIME ZONE ${ZONE})::date AS day, product, title, site_version AS device,
          count(*) AS count
   FROM ${rows} GROUP BY 1, 2, 3, 4`;

/** How many orders each minute has, as minute_counts keeps it. */
export const minutesOf = (rows: Relation): string =>
  `SELECT date_trunc('minute', "time", 'UTC') AS minute, product, title, site_version AS device, count(*) AS count
   FROM ${rows} WHERE title = 'order' GROUP BY 1, 2, 3, 4`;

/** Adds counts, made by daysOf() or kept in a table, to day_counts; takes them away with a `sign` of -1. */
export async function addDays(client: Client, days: string, sign: 1 | -1 = 1): Promise<void> {
  await client.query(
    `INSERT INTO day_counts (day, product, title, device, source, count)
     SELECT day, product, title, device, -1, ${sign} * count FROM (${days}) AS days
     ON CONFLICT (day, product, title, device, robot, source) DO UPDATE SET count = day_counts.count + excluded.count`,
  );
  if (sign === -1) await client.query('DELETE FROM day_counts WHERE source = -1 AND count = 0');
}

/** The same for minute_counts and, by the hours that they are in, hour_orders. */
export async function addMinutes(client: Client, minutes: string, sign: 1 | -1 = 1): Promise<void> {
  await client.query(
    `WITH minutes AS MATERIALIZED (${minutes}), hours AS (
       INSERT INTO hour_orders (hour, product, source, count)
       SELECT date_trunc('hour', minute, ${ZONE}), product, -1, ${sign} * sum(count) FROM minutes
       GROUP BY 1, 2 ORDER BY 1, 2
       ON CONFLICT (hour, product, robot, source) DO UPDATE SET count = hour_orders.count + excluded.count
     )
     INSERT INTO minute_counts (minute, product, title, device, source, count)
     SELECT minute, product, title, device, -1, ${sign} * count FROM minutes
     -- Charts read neighbouring minutes: they shall lie on the same pages.
     ORDER BY 1, 2
     ON CONFLICT (minute, product, title, device, robot, source)
     DO UPDATE SET count = minute_counts.count + excluded.count`,
  );
  if (sign === 1) return;
  for (const table of ['minute_counts', 'hour_orders'])
    await client.query(`DELETE FROM ${table} WHERE source = -1 AND count = 0`);
}

/** Counts each user of the rows whom a year hasn't seen yet on this device, as ingest does. */
export async function addUsers(client: Client, rows: Relation): Promise<void> {
  await client.query(
    `WITH seen AS (
       INSERT INTO user_years (user_id, year, device)
       SELECT DISTINCT user_id, extract(year FROM "time" AT TIME ZONE ${ZONE})::smallint, site_version
       FROM ${rows}
       ORDER BY 1, 2, 3
       ON CONFLICT DO NOTHING
       RETURNING year, device
     )
     INSERT INTO year_users (year, device, source, users)
     SELECT year, device, -1, count(*) FROM seen GROUP BY year, device
     ON CONFLICT (year, device, robot, source) DO UPDATE SET users = year_users.users + excluded.users`,
  );
}
