// Live sessions in Postgres: read and written in the transaction that moves the offset of their events.

import type { Client, Pool } from '../../db/pool.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { type Change, GAP_MS, type Session } from './core/step.ts';

/** Whose sessions: a visitor's, or those of the robot that has a visitor's id. */
export type Visitor = {
  readonly userId: string;
  readonly robot: boolean;
  /** As the first event of a visitor's first session has it. */
  readonly simulated: boolean;
};
export type VisitorSession = Visitor & Session;

/** Held by whoever changes sessions: a visitor's events may be in partitions of several processes. */
const LOCK_KEY = 0x5512;

/** Makes this transaction the one that changes sessions. */
export const lockSessions = (client: Client) => client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);

type Row = {
  readonly id: number;
  readonly user_id: string;
  readonly robot: boolean;
  readonly simulated: boolean;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly events: number;
  readonly revision: number;
  readonly closed_ms: number | null;
};

const COLUMNS = `id, user_id, robot, simulated, events, revision,
  (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
  (extract(epoch FROM ended_at) * 1000)::bigint AS ended_ms,
  (extract(epoch FROM closed_at) * 1000)::bigint AS closed_ms`;

const sessionOf = (row: Row): VisitorSession => ({
  id: row.id,
  userId: row.user_id.replaceAll('-', ''),
  robot: row.robot,
  simulated: row.simulated,
  startedMs: row.started_ms,
  endedMs: row.ended_ms,
  events: row.events,
  revision: row.revision,
  closedMs: row.closed_ms ?? undefined,
  mergedInto: undefined,
});

/** The sessions that events of these visitors between two times may touch. */
export async function readTouched(
  client: Client,
  userIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<VisitorSession[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM sessions
     WHERE user_id = ANY($1::uuid[]) AND merged_into IS NULL
       AND ended_at > to_timestamp($2 / 1000.0) AND started_at < to_timestamp($3 / 1000.0)`,
    [userIds, fromMs - GAP_MS, toMs + GAP_MS],
  );
  return rows.map(sessionOf);
}

/** Open sessions whose last event is the gap ago. */
export async function readOver(client: Client, nowMs: number, most: number): Promise<VisitorSession[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM sessions
     WHERE closed_at IS NULL AND merged_into IS NULL AND ended_at <= to_timestamp($1 / 1000.0)
     ORDER BY ended_at LIMIT $2`,
    [nowMs - GAP_MS, most],
  );
  return rows.map(sessionOf);
}

/** Ids for sessions that may be opened. */
export async function takeIds(client: Client, count: number): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(
    "SELECT nextval('session_ids') AS id FROM generate_series(1, $1)",
    [count],
  );
  return rows.map(({ id }) => id);
}

export type VisitorChange = Visitor & Change;

/** Writes changed sessions, and their revisions for the topic. */
export async function writeChanges(client: Client, changes: readonly VisitorChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ userId, robot, simulated, session }) => ({
    id: session.id,
    user_id: userId,
    robot,
    simulated,
    started_at: new Date(session.startedMs),
    ended_at: new Date(session.endedMs),
    events: session.events,
    revision: session.revision,
    closed_at: session.closedMs === undefined ? null : new Date(session.closedMs),
    merged_into: session.mergedInto ?? null,
  }));
  await client.query(
    `INSERT INTO sessions
     SELECT id, user_id, robot, started_at, ended_at, events, revision, closed_at, merged_into, simulated
     FROM json_populate_recordset(NULL::sessions, $1)
     ON CONFLICT (id) DO UPDATE SET
       started_at = excluded.started_at, ended_at = excluded.ended_at, events = excluded.events,
       revision = excluded.revision, closed_at = excluded.closed_at, merged_into = excluded.merged_into`,
    [JSON.stringify(rows)],
  );
  await client.query(
    'INSERT INTO session_revisions (body) SELECT value FROM jsonb_array_elements($1::jsonb)',
    [JSON.stringify(changes.map(revisionOf))],
  );
}

/** What the topic `sessions` has of a change. */
export type Revision = {
  readonly session_id: number;
  readonly revision: number;
  /** The revision that this one replaces; null for the first. */
  readonly revises: number | null;
  readonly because: Change['because'];
  readonly late_by_ms: number;
  readonly user_id: string;
  readonly robot: boolean;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_ms: number;
  readonly events: number;
  readonly closed: boolean;
  readonly merged_into: number | null;
};

const revisionOf = ({ userId, robot, session, because, lateByMs }: VisitorChange): Revision => ({
  session_id: session.id,
  revision: session.revision,
  revises: session.revision === 1 ? null : session.revision - 1,
  because,
  late_by_ms: lateByMs,
  user_id: userId,
  robot,
  started_at: new Date(session.startedMs).toISOString(),
  ended_at: new Date(session.endedMs).toISOString(),
  duration_ms: session.endedMs - session.startedMs,
  events: session.events,
  closed: session.closedMs !== undefined,
  merged_into: session.mergedInto ?? null,
});

/** Bars of sessions begin at whole half hours. */
export const HALF_HOUR_MS = 1_800_000;

/** Sessions by the half hour in which they began. @param from, to milliseconds; `to` is not included */
export async function countByHalfHour(
  pool: Pool,
  fromMs: number,
  toMs: number,
  whose: Whose,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await pool.query<{ half_hour: number; sessions: number }>(
    `SELECT floor(extract(epoch FROM started_at) / 1800)::bigint * 1800000 AS half_hour, count(*) AS sessions
     FROM sessions
     WHERE merged_into IS NULL AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL)
       AND started_at >= to_timestamp($1 / 1000.0) AND started_at < to_timestamp($2 / 1000.0)
     GROUP BY 1`,
    [fromMs, toMs, ...whoseIs(whose)],
  );
  return new Map(rows.map(({ half_hour, sessions }) => [half_hour, sessions]));
}

/** The sessions that a half hour's count has, by their beginning. @param fromMs where it begins */
export async function listSessions(pool: Pool, fromMs: number, atMs: number, whose: Whose) {
  const { rows } = await pool.query<{
    readonly session_id: number;
    readonly user_id: string;
    readonly started_at: Date;
    readonly ended_at: Date;
    readonly events: number;
    readonly revision: number;
  }>(
    `SELECT id AS session_id, replace(user_id::text, '-', '') AS user_id, started_at, ended_at, events, revision
     FROM sessions
     WHERE merged_into IS NULL AND (robot = $4 OR $4 IS NULL) AND (simulated = $5 OR $5 IS NULL)
       AND started_at >= to_timestamp($1 / 1000.0) AND started_at < to_timestamp($2 / 1000.0)
       AND started_at <= to_timestamp($3 / 1000.0)
     ORDER BY started_at, id`,
    [fromMs, fromMs + HALF_HOUR_MS, atMs, ...whoseIs(whose)],
  );
  return rows;
}
