// Live sessions in Postgres: read and written in the transaction that moves the offset of their events.

import type { Client, Pool } from '../../db/pool.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { type Change, GAP_MS, type Session } from './core/step.ts';

/** The owner of sessions: a visitor, or a robot, whose events may have the same id. */
export type Visitor = {
  readonly userId: string;
  readonly robot: boolean;
  /** Taken from the first event of the visitor's first session. */
  readonly simulated: boolean;
};
export type VisitorSession = Visitor & Session;

/** Key of the lock that writers of sessions hold, as partitions of several processes may have events of one visitor. */
export const SESSIONS_LOCK = 0x5512;

type Row = {
  readonly id: number;
  readonly user_id: string;
  readonly robot: boolean;
  readonly simulated: boolean;
  readonly started_ms: number;
  readonly ended_ms: number;
  readonly events: number;
  readonly revision: number;
  readonly open: boolean;
};

const COLUMNS = `id, user_id, robot, simulated, events, revision, open,
  (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
  (extract(epoch FROM ended_at) * 1000)::bigint AS ended_ms`;

const sessionOf = (row: Row): VisitorSession => ({
  id: row.id,
  userId: row.user_id.replaceAll('-', ''),
  robot: row.robot,
  simulated: row.simulated,
  startedMs: row.started_ms,
  endedMs: row.ended_ms,
  events: row.events,
  revision: row.revision,
  closed: !row.open,
  mergedInto: undefined,
});

/** SQL that is true for the rows of visitors, found by their hashes. @param ids SQL for their ids, uuid[] */
const ofVisitors = (ids: string): string =>
  `uuid_hash(user_id) = ANY (ARRAY(SELECT uuid_hash(id) FROM unnest(${ids}) AS id)) AND user_id = ANY (${ids})`;

/** The sessions that events of these visitors between two times may touch. */
export async function readTouched(
  client: Client,
  userIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<VisitorSession[]> {
  const { rows } = await client.query<Row>({
    name: 'touched_sessions',
    text: `SELECT ${COLUMNS} FROM sessions
     WHERE ${ofVisitors('$1::uuid[]')}
       AND ended_at > to_timestamp($2 / 1000.0) AND started_at < to_timestamp($3 / 1000.0)`,
    values: [userIds, fromMs - GAP_MS, toMs + GAP_MS],
  });
  return rows.map(sessionOf);
}

/** Number of a visitor's sessions. */
export async function countOfVisitor(pool: Pool, userId: string): Promise<number> {
  const { rows } = await pool.query<{ sessions: number }>(
    `SELECT count(*) AS sessions FROM sessions WHERE ${ofVisitors('$1::uuid[]')}`,
    [[userId]],
  );
  return rows[0]?.sessions ?? 0;
}

/** When the oldest open session began, in milliseconds; undefined where none is open. */
export async function oldestOpen(pool: Pool): Promise<number | undefined> {
  const { rows } = await pool.query<{ oldest: Date | null }>({
    name: 'oldest_open',
    text: 'SELECT min(started_at) AS oldest FROM sessions WHERE open',
  });
  return rows[0]?.oldest?.getTime();
}

/** True where readOver() finds a session. */
export async function isAnyOver(pool: Pool, nowMs: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM sessions
     WHERE open AND started_at <= to_timestamp($1 / 1000.0) AND ended_at <= to_timestamp($1 / 1000.0) LIMIT 1`,
    [nowMs - GAP_MS],
  );
  return rowCount === 1;
}

/** Open sessions whose gap has passed. */
export async function readOver(client: Client, nowMs: number, most: number): Promise<VisitorSession[]> {
  // The condition on started_at serves the index: a session that began within the gap can't be over. The end is not
  // indexed, as it changes with each event.
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM sessions
     WHERE open AND started_at <= to_timestamp($1 / 1000.0) AND ended_at <= to_timestamp($1 / 1000.0)
     ORDER BY started_at LIMIT $2`,
    [nowMs - GAP_MS, most],
  );
  return rows.map(sessionOf);
}

/** Takes ids for new sessions from the sequence. */
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
  const rows = changes.map(rowOf);
  const merged = rows.filter(({ merged_into }) => merged_into !== null);
  await client.query({ name: 'write_sessions', text: WRITE_CHANGES, values: [JSON.stringify(rows)] });
  if (merged.length > 0) await writeMerged(client, JSON.stringify(merged));
}

const WRITE_CHANGES = `WITH changed AS (
    SELECT * FROM json_to_recordset($1) AS changed (started_at timestamptz, ended_at timestamptz, late_by_ms bigint,
      id integer, revision integer, events integer, merged_into integer, user_id uuid, robot boolean, simulated boolean,
      open boolean, because text)
  ), written AS (
    INSERT INTO sessions (started_at, ended_at, id, events, revision, user_id, robot, simulated, open)
    SELECT started_at, ended_at, id, events, revision, user_id, robot, simulated, open FROM changed
    WHERE merged_into IS NULL
    ON CONFLICT (uuid_hash(user_id), id) DO UPDATE SET
      started_at = excluded.started_at, ended_at = excluded.ended_at, events = excluded.events,
      revision = excluded.revision, open = excluded.open
  )
  INSERT INTO session_revisions (started_at, ended_at, late_by_ms, session_id, revision, events, merged_into, user_id,
    robot, closed, because)
  SELECT started_at, ended_at, late_by_ms, id, revision, events, merged_into, user_id, robot, NOT open, because
  FROM changed`;

/** Moves merged sessions to their own table. */
async function writeMerged(client: Client, rows: string): Promise<void> {
  await client.query(
    `WITH merged AS (
       INSERT INTO merged_sessions SELECT * FROM json_populate_recordset(NULL::merged_sessions, $1)
       RETURNING user_id, id
     )
     DELETE FROM sessions USING merged
     WHERE uuid_hash(sessions.user_id) = uuid_hash(merged.user_id) AND sessions.id = merged.id
       AND sessions.user_id = merged.user_id`,
    [rows],
  );
}

const rowOf = ({ userId, robot, simulated, session, because, lateByMs }: VisitorChange) => ({
  id: session.id,
  user_id: userId,
  robot,
  simulated,
  started_at: new Date(session.startedMs),
  ended_at: new Date(session.endedMs),
  events: session.events,
  revision: session.revision,
  open: !session.closed,
  merged_into: session.mergedInto ?? null,
  late_by_ms: lateByMs,
  because,
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
     WHERE (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL)
       AND started_at >= to_timestamp($1 / 1000.0) AND started_at < to_timestamp($2 / 1000.0)
     GROUP BY 1`,
    [fromMs, toMs, ...whoseIs(whose)],
  );
  return new Map(rows.map(({ half_hour, sessions }) => [half_hour, sessions]));
}

/** The first sessions that began in a half hour, by their beginning. @param fromMs where it begins */
export async function listSessions(
  pool: Pool,
  fromMs: number,
  atMs: number,
  whose: Whose,
  most = Number.MAX_SAFE_INTEGER,
) {
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
     WHERE (robot = $4 OR $4 IS NULL) AND (simulated = $5 OR $5 IS NULL)
       AND started_at >= to_timestamp($1 / 1000.0) AND started_at < to_timestamp($2 / 1000.0)
       AND started_at <= to_timestamp($3 / 1000.0)
     ORDER BY started_at, id LIMIT $6`,
    [fromMs, fromMs + HALF_HOUR_MS, atMs, ...whoseIs(whose), most],
  );
  return rows;
}
