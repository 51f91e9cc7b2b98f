// The usual way, at its best: COPY of the file into a table of text that is created in the same transaction and gets its key
// afterwards, and charts that aggregate the raw rows, as the original did at every refresh. Connections have the settings
// of the program's loader (seed/load/connections.ts).

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Pool } from '../../src/db/pool.ts';

const COLUMNS = ['user_id', 'page_id', 'product', 'site_version', 'time', 'title', 'target'];

const SETTINGS = [
  'synchronous_commit = off',
  "work_mem = '256MB'",
  'max_parallel_workers_per_gather = 0',
  "maintenance_work_mem = '256MB'",
  'max_parallel_maintenance_workers = 1',
];

/** The dashboard's charts as queries of raw text. */
const CHARTS = [
  `SELECT left("time", 10), title, count(*) FROM product_text GROUP BY 1, 2 ORDER BY 1`,
  `SELECT left("time", 16), product, count(*) FROM product_text WHERE title = 'order' GROUP BY 1, 2 ORDER BY 1`,
  `SELECT site_version, count(DISTINCT user_id) FROM product_text WHERE "time" LIKE '2019-%' GROUP BY 1`,
  `SELECT product, site_version, title, count(*) FROM product_text GROUP BY 1, 2, 3`,
];

/** Loads the file and queries the charts. @returns seconds of both, and bytes of the table with its index */
export async function loadUsual(
  pool: Pool,
  file: string,
): Promise<{ load: number; charts: number; bytes: number }> {
  const client = await pool.connect();
  try {
    for (const setting of SETTINGS) await client.query(`SET ${setting}`);
    const begun = performance.now();
    await client.query('BEGIN');
    const columns = COLUMNS.map((name) => `"${name}" text NOT NULL`);
    await client.query(`CREATE TABLE product_text (order_id text NOT NULL, ${columns.join(', ')})`);
    const copy = client.query(copyFrom('COPY product_text FROM STDIN (FORMAT csv, HEADER)'));
    await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), copy);
    await client.query('ALTER TABLE product_text ADD PRIMARY KEY (order_id)');
    await client.query('COMMIT');
    const loaded = performance.now();
    for (const sql of CHARTS) await client.query(sql);
    const asked = performance.now();
    const { rows } = await client.query<{ bytes: number }>(
      `SELECT pg_total_relation_size('product_text') AS bytes`,
    );
    await client.query('DROP TABLE product_text');
    return { load: (loaded - begun) / 1000, charts: (asked - loaded) / 1000, bytes: rows[0]?.bytes ?? 0 };
  } finally {
    client.release(true);
  }
}
