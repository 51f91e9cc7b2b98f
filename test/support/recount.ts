// Recomputes every view of migrations/ from the raw events, and compares.

import { expect } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';

/** Each view that is kept by rollups, and what no view shows whole, and what it has to say, from nothing but the events. */
const RECOUNTS = {
  daily_counts: `SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date AS day, product, title, site_version AS device,
    count(*) AS count FROM events WHERE NOT is_robot(context) GROUP BY 1, 2, 3, 4`,
  daily_devices: `SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date AS day, site_version AS device,
    count(*) AS events FROM events WHERE NOT is_robot(context) GROUP BY 1, 2`,
  orders_per_minute: `SELECT date_trunc('minute', "time") AS "time", product, count(*) AS count
    FROM events WHERE title = 'order' AND NOT is_robot(context) GROUP BY 1, 2`,
  orders_per_hour: `SELECT date_trunc('hour', "time", (SELECT shop_time_zone())) AS "time", product, count(*) AS count
    FROM events WHERE title = 'order' AND NOT is_robot(context) GROUP BY 1, 2`,
  '(SELECT day, robot, simulated, product, title, device, sum(count)::bigint AS count FROM day_counts GROUP BY 1, 2, 3, 4, 5, 6)': `
    SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date AS day, is_robot(context) AS robot, is_simulated(context) AS simulated, product, title,
      site_version AS device, count(*) AS count FROM events GROUP BY 1, 2, 3, 4, 5, 6`,
  '(SELECT minute, robot, simulated, product, title, device, sum(count)::bigint AS count FROM minute_counts GROUP BY 1, 2, 3, 4, 5, 6)': `
    SELECT date_trunc('minute', "time", 'UTC') AS minute, is_robot(context) AS robot, is_simulated(context) AS simulated, product, title,
      site_version AS device, count(*) AS count
    FROM events WHERE title = 'order' OR topic IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6`,
  '(SELECT hour, robot, simulated, product, sum(count)::bigint AS count FROM hour_orders GROUP BY 1, 2, 3, 4)': `
    SELECT date_trunc('hour', "time", (SELECT shop_time_zone())) AS hour, is_robot(context) AS robot, is_simulated(context) AS simulated, product,
      count(*) AS count FROM events WHERE title = 'order' GROUP BY 1, 2, 3, 4`,
  '(SELECT year, robot, simulated, device, sum(users)::bigint AS users FROM year_users GROUP BY 1, 2, 3, 4)': `
    SELECT extract(year FROM "time" AT TIME ZONE (SELECT shop_time_zone()))::smallint AS year,
      is_robot(context) AS robot, is_simulated(context) AS simulated, site_version AS device, count(DISTINCT user_id) AS users FROM events GROUP BY 1, 2, 3, 4`,
  users_per_device: `SELECT extract(year FROM "time" AT TIME ZONE (SELECT shop_time_zone()))::smallint AS year,
    site_version AS device, count(DISTINCT user_id) AS users FROM events WHERE NOT is_robot(context) GROUP BY 1, 2`,
} as const;

/** The views that show another number than a recount of the raw events, or forget or invent a row, with the first such row. */
export async function recountProblems(pool: Pool): Promise<string[]> {
  const problems: string[] = [];
  for (const [view, recount] of Object.entries(RECOUNTS)) {
    const { rows } = await pool.query(
      `WITH shown AS MATERIALIZED (SELECT * FROM ${view} AS shown), counted AS MATERIALIZED (${recount})
       (SELECT 'only in the view' AS problem, * FROM (TABLE shown EXCEPT ALL TABLE counted) AS extra)
       UNION ALL
       (SELECT 'only in the events', * FROM (TABLE counted EXCEPT ALL TABLE shown) AS missing)`,
    );
    if (rows.length > 0) problems.push(`${view}: ${rows.length} rows, as ${JSON.stringify(rows[0])}`);
  }
  return problems;
}

/** Fails where recountProblems finds one. */
export async function expectRollupsEqualEvents(pool: Pool): Promise<void> {
  expect(await recountProblems(pool)).toEqual([]);
}
