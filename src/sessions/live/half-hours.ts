// Half hours of live sessions in Postgres: how many began in each and which, and what late events have changed.

import type { Client, Pool } from '../../db/pool.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { HALF_HOUR_MS } from './core/late.ts';
import { COLUMNS, isWhose, marksOf, NO_MARKS, type SessionRow, type Visitor } from './rows.ts';

export { HALF_HOUR_MS };

/** A half hour that one late event has changed, and whose sessions. */
export type LateBar = Visitor & { readonly fromMs: number };

/** Notes which half hours late events have changed. */
export async function addLate(client: Client, late: readonly LateBar[]): Promise<void> {
  if (late.length === 0) return;
  const counts = new Map<string, number>();
  for (const bar of late) {
    const key = `${bar.fromMs} ${marksOf(bar) ?? NO_MARKS}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const keys = [...counts.keys()].map((key) => key.split(' '));
  await client.query({
    name: 'add_late_bars',
    text: `INSERT INTO late_session_bars AS kept (from_ms, marks, late)
     SELECT * FROM unnest($1::bigint[], $2::"char"[], $3::int[])
     ON CONFLICT (from_ms, marks) DO UPDATE SET late = kept.late + excluded.late`,
    values: [keys.map(([fromMs]) => fromMs), keys.map(([, marks]) => marks), [...counts.values()]],
  });
}

export type SessionBar = {
  readonly half_hour: number;
  readonly sessions: number;
  /** Late events that have changed it after it was over. */
  readonly late: number;
  /** The newest session that is counted: all later ones have larger ids. */
  readonly last_id: number | null;
};

/** Sessions by the half hour in which they began, without those that have neither one nor a change. @param from, to milliseconds; `to` is not included */
export async function countByHalfHour(
  pool: Pool,
  fromMs: number,
  toMs: number,
  whose: Whose,
): Promise<ReadonlyMap<number, SessionBar>> {
  const { rows } = await pool.query<SessionBar>(
    `SELECT half_hour, coalesce(sessions, 0) AS sessions, coalesce(late, 0) AS late, last_id FROM (
       SELECT started_ms / ${HALF_HOUR_MS} * ${HALF_HOUR_MS} AS half_hour, count(*) AS sessions, max(id) AS last_id
       FROM session_rows
       WHERE ${isWhose('$3::boolean', '$4::boolean')} AND started_ms >= $1 AND started_ms < $2
       GROUP BY 1
     ) AS begun FULL JOIN (
       SELECT from_ms AS half_hour, sum(late) AS late FROM late_session_bars
       WHERE ${isWhose('$3::boolean', '$4::boolean')} AND from_ms >= $1 AND from_ms < $2
       GROUP BY 1
     ) AS changed USING (half_hour)`,
    [fromMs, toMs, ...whoseIs(whose)],
  );
  return new Map(rows.map((row) => [row.half_hour, row]));
}

/** The first sessions that began in a half hour, by their beginning. @param fromMs where it begins @param lastId none with a larger id */
export async function listSessions(
  pool: Pool,
  fromMs: number,
  atMs: number,
  whose: Whose,
  most = Number.MAX_SAFE_INTEGER,
  lastId?: number,
) {
  const { rows } = await pool.query<SessionRow>(
    `SELECT ${COLUMNS} FROM session_rows
     WHERE ${isWhose('$4::boolean', '$5::boolean')} AND started_ms >= $1 AND started_ms < $2 AND started_ms <= $3
       AND ($7::int IS NULL OR id <= $7)
     ORDER BY started_ms, id LIMIT $6`,
    [fromMs, fromMs + HALF_HOUR_MS, atMs, ...whoseIs(whose), most, lastId ?? null],
  );
  return rows.map(({ id, user_id, started_ms, ended_ms, events, revision }) => ({
    session_id: id,
    user_id: user_id.replaceAll('-', ''),
    started_at: new Date(started_ms),
    ended_at: new Date(ended_ms),
    events,
    revision,
  }));
}
