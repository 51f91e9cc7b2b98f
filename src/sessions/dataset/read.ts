// Reads the sessions of loaded files: figures of half hours are stored, the sessions behind them are computed when asked for.

import type { Pool } from '../../db/pool.ts';
import { dayStart } from '../../rollups/rollups.ts';
import type { DayRange } from '../../runtime/day.ts';
import { HALF_HOUR_MS } from '../live/half-hours.ts';
import { LOADED_EVENTS, withSessionsOf } from './count.ts';

/** Figures of the sessions that began in a half hour. */
export type Figures = {
  readonly sessions: number;
  /** Sessions of one event. */
  readonly single: number;
  /** Events of these sessions, whenever they happened. */
  readonly events: number;
  /** Sum of their lengths in milliseconds. */
  readonly duration_ms: number;
};

type HalfHourFigures = Figures & { readonly from: string; readonly to: string };

/** The days of the shop's time zone in which loaded sessions began; undefined where there is none. */
export async function readExtent(pool: Pool): Promise<DayRange | undefined> {
  const { rows } = await pool.query<{ from: string | null; to: string | null }>(
    `SELECT (min(half_hour) AT TIME ZONE shop_time_zone())::date AS "from",
       (max(half_hour) AT TIME ZONE shop_time_zone())::date + 1 AS "to"
     FROM dataset_half_hours`,
  );
  const { from, to } = rows[0] ?? {};
  return from && to ? { from, to } : undefined;
}

/** The half hours of some days of the shop's time zone, zeros included. Half hours are those of UTC: the first may begin before midnight. */
export async function readHalfHours(pool: Pool, { from, to }: DayRange): Promise<HalfHourFigures[]> {
  const { rows } = await pool.query<Figures & { readonly from_ms: number }>(
    `WITH bounds AS (
       SELECT ${dayStart('$1')} AS first, ${dayStart('$2')} AS next
     )
     SELECT (extract(epoch FROM half_hour) * 1000)::bigint AS from_ms, coalesce(sessions, 0) AS sessions,
       coalesce(single, 0) AS single, coalesce(events, 0) AS events, coalesce(duration_ms, 0)::bigint AS duration_ms
     FROM bounds, generate_series(date_bin('30 minutes', first, 'epoch'), next - interval '1 millisecond', '30 minutes')
       AS half_hour LEFT JOIN dataset_half_hours USING (half_hour)
     ORDER BY half_hour`,
    [from, to],
  );
  return rows.map(({ from_ms, ...figures }) => ({
    from: new Date(from_ms).toISOString(),
    to: new Date(from_ms + HALF_HOUR_MS).toISOString(),
    ...figures,
  }));
}

export type BegunSession = {
  readonly user_id: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly events: number;
};

/** The first sessions that began in a half hour: reads all loaded events, twice. @param fromMs where it begins */
export async function listBegun(pool: Pool, fromMs: number, most: number): Promise<BegunSession[]> {
  const bounds = [fromMs, fromMs + HALF_HOUR_MS];
  // A query of its own: as a subquery, the planner would join by its estimates of a table that was just loaded.
  const { rows: there } = await pool.query<{ user_id: string }>(
    `SELECT DISTINCT user_id FROM events
     WHERE stored_at IS NULL AND "time" >= to_timestamp($1::bigint / 1000) AND "time" < to_timestamp($2::bigint / 1000)`,
    bounds,
  );
  const { rows } = await pool.query<{
    readonly user_id: string;
    readonly started_ms: number;
    readonly ended_ms: number;
    readonly events: number;
  }>(
    `${withSessionsOf(`${LOADED_EVENTS} AND user_id = ANY($1::uuid[])`)}
     SELECT replace(visitor::text, '-', '') AS user_id, started_ms, ended_ms, events FROM sessions
     WHERE started_ms >= $2 AND started_ms < $3 ORDER BY started_ms, visitor LIMIT $4`,
    [there.map(({ user_id }) => user_id), ...bounds, most],
  );
  return rows.map(({ user_id, started_ms, ended_ms, events }) => ({
    user_id,
    started_at: new Date(started_ms).toISOString(),
    ended_at: new Date(ended_ms).toISOString(),
    events,
  }));
}
