// The usual way, measured beside ours: COPY of the file as it is into a table of text with its key, and charts that
// aggregate the raw rows, as the original did at every refresh.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Pool } from '../../src/db/pool.ts';

const COLUMNS = ['user_id', 'page_id', 'product', 'site_version', 'time', 'title', 'target'];

/** What the dashboard's charts ask of raw text. */
const CHARTS = [
  `SELECT left("time", 10), title, count(*) FROM product_text GROUP BY 1, 2 ORDER BY 1`,
  `SELECT left("time", 16), product, count(*) FROM product_text WHERE title = 'order' GROUP BY 1, 2 ORDER BY 1`,
  `SELECT site_version, count(DISTINCT user_id) FROM product_text WHERE "time" LIKE '2019-%' GROUP BY 1`,
  `SELECT product, site_version, title, count(*) FROM product_text GROUP BY 1, 2, 3`,
];

/** Loads the file and asks the charts; seconds of both, and bytes of the table with its index. */
export async function loadUsual(
  pool: Pool,
  file: string,
): Promise<{ load: number; charts: number; bytes: number }> {
  await pool.query('DROP TABLE IF EXISTS product_text');
  const columns = COLUMNS.map((name) => `"${name}" text NOT NULL`);
  await pool.query(`CREATE TABLE product_text (order_id text PRIMARY KEY, ${columns.join(', ')})`);
  const begun = performance.now();
  const client = await pool.connect();
  try {
    const copy = client.query(copyFrom('COPY product_text FROM STDIN (FORMAT csv, HEADER)'));
    await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), copy);
  } finally {
    client.release();
  }
  const loaded = performance.now();
  for (const sql of CHARTS) await pool.query(sql);
  const asked = performance.now();
  const { rows } = await pool.query<{ bytes: number }>(
    `SELECT pg_total_relation_size('product_text') AS bytes`,
  );
  return { load: (loaded - begun) / 1000, charts: (asked - loaded) / 1000, bytes: rows[0]?.bytes ?? 0 };
}
