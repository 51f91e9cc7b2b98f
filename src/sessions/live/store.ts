// Live sessions in Postgres: read and written in the transaction that moves the offset of their events.

import { type Moving, movingSql } from '../../consumer/offsets.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { type Change, GAP_MS, type Session } from './core/step.ts';
import { COLUMNS, ENDED_MS, marksOf, ownerOf, type SessionRow, type Visitor } from './rows.ts';

export type VisitorSession = Visitor & Session;

/** Key of the lock that writers of sessions hold, as partitions of several processes may have events of one visitor. */
export const SESSIONS_LOCK = 0x5512;

/** @param closedUntilMs sessions whose gap had passed then are closed */
const sessionOf = (row: SessionRow, closedUntilMs: number): VisitorSession => ({
  id: row.id,
  userId: row.user_id.replaceAll('-', ''),
  ...ownerOf(row),
  startedMs: row.started_ms,
  endedMs: row.ended_ms,
  events: row.events,
  revision: row.revision,
  closed: row.ended_ms + GAP_MS <= closedUntilMs,
  mergedInto: undefined,
});

/** The value of the index by visitor. @param id SQL for a visitor's id */
const bucketOf = (id: string): string => `(uuid_hash(${id}) & 262143)`;

/** SQL that is true for the rows of visitors, found by the index. @param ids SQL for their ids, uuid[] */
const ofVisitors = (ids: string): string =>
  `${bucketOf('user_id')} = ANY (ARRAY(SELECT ${bucketOf('id')} FROM unnest(${ids}) AS id)) AND user_id = ANY (${ids})`;

export type Touched = {
  readonly sessions: readonly VisitorSession[];
  /** Sessions whose gap had passed at this time are closed, in milliseconds. */
  readonly closedUntilMs: number;
};

/** The sessions that events of these visitors between two times may touch. */
export async function readTouched(
  client: Client,
  userIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<Touched> {
  // One row at least, which says how far sessions are closed.
  const { rows } = await client.query<
    (SessionRow | { readonly id: null }) & { readonly closed_until_ms: number }
  >({
    name: 'touched_sessions',
    text: `SELECT ms AS closed_until_ms, touched.* FROM sessions_closed_until LEFT JOIN (
       SELECT ${COLUMNS} FROM session_rows
       WHERE ${ofVisitors('$1::uuid[]')} AND ${ENDED_MS} > $2 AND started_ms < $3
     ) AS touched ON true`,
    values: [userIds, fromMs - GAP_MS, toMs + GAP_MS],
  });
  const closedUntilMs = rows[0]?.closed_until_ms ?? 0;
  return {
    sessions: rows.flatMap((row) => (row.id === null ? [] : [sessionOf(row, closedUntilMs)])),
    closedUntilMs,
  };
}

/** The sessions that began at a time or later, in milliseconds. */
export async function readBegunSince(client: Client, fromMs: number): Promise<VisitorSession[]> {
  const closedUntilMs = await readClosedUntil(client);
  const { rows } = await client.query<SessionRow>(
    `SELECT ${COLUMNS} FROM session_rows WHERE started_ms >= $1`,
    [fromMs],
  );
  return rows.map((row) => sessionOf(row, closedUntilMs));
}

/** Number of a visitor's sessions. */
export async function countOfVisitor(pool: Pool, userId: string): Promise<number> {
  const { rows } = await pool.query<{ sessions: number }>(
    `SELECT count(*) AS sessions FROM session_rows WHERE ${ofVisitors('$1::uuid[]')}`,
    [[userId]],
  );
  return rows[0]?.sessions ?? 0;
}

/** When the first of the open sessions had its last event, in milliseconds; undefined where none is open. */
export async function firstOpenEnd(pool: Pool, closedUntilMs: number): Promise<number | undefined> {
  const { rows } = await pool.query<{ first: number | null }>(
    `SELECT min(${ENDED_MS}) AS first FROM session_rows WHERE ${ENDED_MS} > $1`,
    [closedUntilMs - GAP_MS],
  );
  return rows[0]?.first ?? undefined;
}

/** How far sessions are closed: those whose gap had passed at this time, in milliseconds. */
export async function readClosedUntil(client: Client): Promise<number> {
  const { rows } = await client.query<{ ms: number }>('SELECT ms FROM sessions_closed_until');
  return rows[0]?.ms ?? 0;
}

/** Remembers how far sessions are closed. */
export async function writeClosedUntil(client: Client, ms: number): Promise<void> {
  await client.query('UPDATE sessions_closed_until SET ms = $1', [ms]);
}

/** Open sessions whose gap has passed, the first to end first; more than `most` where the last of them end at once. */
export async function readOver(
  client: Client,
  closedUntilMs: number,
  nowMs: number,
  most: number,
): Promise<VisitorSession[]> {
  const { rows } = await client.query<SessionRow>(
    `SELECT ${COLUMNS} FROM session_rows WHERE ${ENDED_MS} > $1 AND ${ENDED_MS} <= $2
     ORDER BY ${ENDED_MS} FETCH FIRST $3 ROWS WITH TIES`,
    [closedUntilMs - GAP_MS, nowMs - GAP_MS, most],
  );
  return rows.map((row) => sessionOf(row, closedUntilMs));
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
  await client.query({ ...WRITE, values: [JSON.stringify(changes.map(rowOf))] });
}

/** The same together with the offset behind their events. @throws {FencedError} where the offset does not move */
export async function writeChangesTo(
  client: Client,
  changes: readonly VisitorChange[],
  offset: Moving,
): Promise<void> {
  const values = [...offset.values, JSON.stringify(changes.map(rowOf))];
  const { rows } = await client.query<{ moved: number }>({ ...WRITE_AND_MOVE[offset.kind], values });
  offset.check(rows[0]?.moved ?? 0);
}

/** The longest duration that lasted_ms holds, an int4 of milliseconds; a longer one goes into long_ms. */
const LONGEST = 2 ** 31 - 1;

const SHORT = `CASE WHEN changed.lasted_ms <= ${LONGEST} THEN changed.lasted_ms END`;
const LONG = `CASE WHEN changed.lasted_ms > ${LONGEST} THEN changed.lasted_ms END`;
const IS_ROW_OF_CHANGED = `${bucketOf('kept.user_id')} = ${bucketOf('changed.user_id')} AND kept.user_id = changed.user_id
  AND kept.id = changed.id`;

/** @param rows SQL for the JSON of rowOf()s @param where SQL that is true where they are to be written */
const changesSql = (rows: string, where = 'true'): string => `changed AS (
    SELECT * FROM json_to_recordset(${rows}) AS changed (started_ms bigint, lasted_ms bigint, late_by_ms bigint, id integer,
      revision integer, events integer, merged_into integer, user_id uuid, robot boolean, marks "char", closed boolean,
      because text)
    WHERE ${where}
  ), opened AS (
    INSERT INTO session_rows (user_id, started_ms, lasted_ms, id, events, revision, long_ms, marks)
    SELECT user_id, started_ms, ${SHORT}, id, events, revision, ${LONG}, marks FROM changed
    WHERE merged_into IS NULL AND revision = 1
  ), written AS (
    UPDATE session_rows AS kept SET started_ms = changed.started_ms, lasted_ms = ${SHORT}, long_ms = ${LONG},
      events = changed.events, revision = changed.revision
    FROM changed
    WHERE merged_into IS NULL AND changed.revision > 1 AND ${IS_ROW_OF_CHANGED}
  ), gone AS (
    DELETE FROM session_rows AS kept USING changed WHERE merged_into IS NOT NULL AND ${IS_ROW_OF_CHANGED}
  ), merged AS (
    INSERT INTO merged_sessions (id, user_id, merged_into, revision)
    SELECT id, user_id, merged_into, revision FROM changed WHERE merged_into IS NOT NULL
  ), told AS (
    INSERT INTO session_revisions (started_at, ended_at, late_by_ms, session_id, revision, events, merged_into, user_id,
      robot, closed, because)
    SELECT to_timestamp(started_ms / 1000.0), to_timestamp((started_ms + lasted_ms) / 1000.0), late_by_ms, id, revision,
      events, merged_into, user_id, robot, closed, because
    FROM changed
  )`;

const WRITE = { name: 'write_sessions', text: `WITH ${changesSql('$1')} SELECT` };
const WRITE_AND_MOVE = movingSql(
  'move_sessions',
  (move) =>
    `WITH moved AS (${move}), ${changesSql('$9', 'EXISTS (SELECT FROM moved)')} SELECT count(*) AS moved FROM moved`,
);

const rowOf = ({ userId, robot, simulated, session, because, lateByMs }: VisitorChange) => ({
  id: session.id,
  user_id: userId,
  robot,
  marks: marksOf({ userId, robot, simulated }),
  started_ms: session.startedMs,
  lasted_ms: session.endedMs - session.startedMs,
  events: session.events,
  revision: session.revision,
  closed: session.closed,
  merged_into: session.mergedInto ?? null,
  late_by_ms: lateByMs,
  because,
});
