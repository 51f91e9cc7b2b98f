// The original's queries at every refresh: raw rows as text in one table without an index, grouped and sorted each time.

import type pg from 'pg';

/** The original's SQL by the name of our chart. */
export const ORIGINAL_SQL = {
  'daily counts': `SELECT split_part("time", ' ', 1) AS day, title, count(*) FROM original GROUP BY 1, 2 ORDER BY 1, 2`,
  'orders by day': `SELECT "time", product, count(*) FROM original WHERE target = '1' GROUP BY 1, 2 ORDER BY 1, 2`,
  'people by device': `SELECT site_version, count(DISTINCT user_id) FROM original WHERE "time" LIKE '2019%' GROUP BY 1`,
  funnel: `SELECT product, site_version, title, count(*) FROM original GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
} as const;

/** Makes the text table of the rows that are loaded. */
export async function makeOriginal(database: pg.Client): Promise<void> {
  await database.query(
    `CREATE UNLOGGED TABLE original AS
     SELECT replace(order_id::text, '-', '') AS order_id, replace(user_id::text, '-', '') AS user_id,
       replace(page_id::text, '-', '') AS page_id, product::text, site_version::text,
       to_char("time" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "time", title::text, target::text
     FROM events WHERE stored_at IS NULL`,
  );
  await database.query('VACUUM ANALYZE original');
}

/** Milliseconds of the fastest of `rounds` runs. */
export async function timeOriginal(database: pg.Client, sql: string, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await database.query(sql);
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}
