// Loaded events put into the table, without a file, and the figures that are stored of their sessions.

import type { Pool } from '../../../src/db/pool.ts';

export const NOON = Date.UTC(2019, 4, 1, 12);

/** An event of a visitor. */
export type LoadedEvent = { readonly visitor: string; readonly ms: number; readonly live: boolean };
export type Figures = { sessions: number; single: number; events: number; duration_ms: number };

/** Makes these the only events, loaded ones but for those that are said to be live, under a load that was not counted. */
export async function put(pool: Pool, events: readonly LoadedEvent[]): Promise<void> {
  await pool.query('TRUNCATE events');
  await pool.query(
    `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target, stored_at)
     SELECT gen_random_uuid(), visitor, gen_random_uuid(), 'clothes', 'mobile', to_timestamp(ms / 1000.0), 'banner_show', 0,
       CASE WHEN live THEN now() END
     FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS e (visitor, ms, live)`,
    [events.map(({ visitor }) => visitor), events.map(({ ms }) => ms), events.map(({ live }) => live)],
  );
  await pool.query(`INSERT INTO loads (source, sample, finished_at) VALUES ('test', false, now())`);
}

/** The stored figures, by half hour. */
export async function stored(pool: Pool): Promise<Map<number, Figures>> {
  const { rows } = await pool.query<Figures & { half_hour: Date }>(
    'SELECT half_hour, sessions, single, events, duration_ms FROM dataset_half_hours',
  );
  return new Map(rows.map(({ half_hour, ...figures }) => [half_hour.getTime(), figures]));
}
