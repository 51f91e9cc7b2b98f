// The program's way: the loader in a process of its own, and the charts' views.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Pool } from '../../src/db/pool.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { storeLiveEvents } from './live.ts';

const CHARTS = [
  'SELECT day, title, sum(count) FROM daily_counts GROUP BY day, title ORDER BY day',
  'TABLE orders_per_minute',
  'SELECT device, users FROM users_per_device WHERE year = 2019',
  'SELECT product, device, title, sum(count) FROM daily_counts GROUP BY product, device, title',
];

type Loaded = {
  readonly added: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly megabytes: number;
  readonly cpuSeconds: number;
};

export type Ours = Loaded & {
  readonly load: number;
  readonly charts: number;
  /** Size of events and its key. */
  readonly bytes: number;
  /** Size of the rollups. */
  readonly rollupBytes: number;
  /** Milliseconds in which each live event was stored meanwhile. */
  readonly live: readonly number[];
};

/** Loads the file and queries the charts. */
export async function loadOurs(pool: Pool, url: string, file: string): Promise<Ours> {
  const shop = storeLiveEvents(pool);
  const begun = performance.now();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(packageRoot, 'dist', 'bench', 'seed', 'load.js'), file],
    { env: { ...process.env, DATABASE_URL: url } },
  );
  const loaded = performance.now();
  for (const sql of CHARTS) await pool.query(sql);
  const asked = performance.now();
  const live = await shop.stop();
  const { rows } = await pool.query<{ bytes: number; rollups: number }>(
    `SELECT (SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree('events')) AS bytes,
       pg_total_relation_size('day_counts') + pg_total_relation_size('minute_counts') + pg_total_relation_size('hour_orders')
         + pg_total_relation_size('user_years') + pg_total_relation_size('year_users') AS rollups`,
  );
  const [sizes] = rows;
  return {
    ...(JSON.parse(stdout) as Loaded),
    load: (loaded - begun) / 1000,
    charts: (asked - loaded) / 1000,
    bytes: sizes?.bytes ?? 0,
    rollupBytes: sizes?.rollups ?? 0,
    live,
  };
}
