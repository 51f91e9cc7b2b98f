// What there is to look at: the days with events, and the files they came from.

import type { Pool } from '../../db/pool.ts';

export type Extent = { readonly first: string; readonly last: string };
export type Load = {
  readonly source: string;
  readonly sample: boolean;
  readonly rows: number;
  readonly rejected: number;
  readonly finished_at: Date;
};

/**
 * First and last day with events; undefined where there is none. A clock may be up to a day ahead: what is said to happen
 * later came from a wrong one, before such events were refused.
 * @param today ISO day
 */
export async function dayExtent(pool: Pool, today: string): Promise<Extent | undefined> {
  const { rows } = await pool.query<{ first: string | null; last: string | null }>(
    'SELECT min(day) AS first, max(day) AS last FROM day_counts WHERE day <= $1::date + 1',
    [today],
  );
  const { first, last } = rows[0] ?? {};
  return first && last ? { first, last } : undefined;
}

/** Finished loads, newest first. */
export async function finishedLoads(pool: Pool): Promise<Load[]> {
  const { rows } = await pool.query<Load>(
    `SELECT source, sample, rows, rejected, finished_at FROM loads
     WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 20`,
  );
  return rows;
}
