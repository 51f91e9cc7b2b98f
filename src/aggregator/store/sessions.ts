// Open sessions in Postgres. They are written in the transaction that moves the position or offsets of their records.

import { ArrayParameter } from '../../db/array-parameter.ts';
import { CopyRows, copyInto } from '../../db/copy.ts';
import type { Client, Pool } from '../../db/pool.ts';
import type { Plan } from '../core/plan.ts';
import { loadSession, type Session, saveSession } from '../core/session.ts';
import type { State } from '../core/step.ts';
import { type Part, partsOf, writeParts } from './in-parts.ts';

type Row = { readonly id: number; readonly version: number; readonly state: string };

/**
 * Reads the sessions of a plan's grouping.
 * @param plans by version: each session keeps that of its own
 * @param keys of the sessions; undefined reads all of them
 */
export async function readSessions(
  client: Client | Pool,
  plans: ReadonlyMap<number, Plan>,
  { definition, grouping }: Plan,
  keys?: readonly string[],
): Promise<Session[]> {
  const { rows } = await client.query<Row>(
    `SELECT id, version, state::text AS state FROM aggregator_sessions
     WHERE definition = $1 AND grouping = $2 AND ($3::text[] IS NULL OR key = ANY($3))`,
    [definition, grouping, keys ?? null],
  );
  return rows.map(({ id, version, state }) => loadSession(planOf(plans, version), state, id));
}

function planOf(plans: ReadonlyMap<number, Plan>, version: number): Plan {
  const plan = plans.get(version);
  if (plan === undefined) throw new Error(`received a session of version ${version}, which is not stored`);
  return plan;
}

/** Row numbers that are reserved for new sessions. */
export class RowNumbers {
  #numbers: readonly number[] = [];
  #used = 0;

  get left(): number {
    return this.#numbers.length - this.#used;
  }

  /** Takes numbers from the table's sequence until `count` are left. */
  async reserve(client: Client, count: number): Promise<void> {
    if (this.left >= count) return;
    const { rows } = await client.query<{ numbers: string }>(
      "SELECT string_agg(nextval('aggregator_sessions_id_seq')::text, ',') AS numbers FROM generate_series(1, $1)",
      [count - this.left],
    );
    const more = rows[0]?.numbers.split(',').map(Number) ?? [];
    this.#numbers = [...this.#numbers.slice(this.#used), ...more];
    this.#used = 0;
  }

  next(): number {
    const number = this.#numbers[this.#used];
    if (number === undefined) throw new Error('no number of a row is left');
    this.#used += 1;
    return number;
  }
}

/** Number of touched sessions that have no row yet. */
export const openedOf = ({ touched }: State): number =>
  touched.reduce((count, { row, ended }) => (row === undefined && !ended ? count + 1 : count), 0);

/** Writes the changes since the last time. If the transaction is not committed, the state has to be read again. */
export async function writeSessions(client: Client, state: State): Promise<void> {
  const numbers = new RowNumbers();
  await numbers.reserve(client, openedOf(state));
  await writeParts(client, changesOf(state, numbers));
}

/**
 * The changes since the last time, in parts. From the first part on the sessions count as written; they may change again once the last
 * part is made.
 * @param numbers at least as many as openedOf() says
 */
export function* changesOf(state: State, numbers: RowNumbers): Generator<Part<Client>> {
  const gone = state.gone.flatMap(({ row }) => row ?? []);
  const kept = state.touched.filter(({ ended }) => !ended);
  for (const session of state.touched) session.touched = false;
  state.touched.length = 0;
  state.gone.length = 0;
  // By row number, which is about their order on disk.
  const known = kept
    .filter(({ row }) => row !== undefined)
    .sort((one, other) => (one.row ?? 0) - (other.row ?? 0));
  const opened = kept.filter(({ row }) => row === undefined);
  for (const some of partsOf(gone)) yield deletionOf(some);
  if (known.length > 0) yield byIndex;
  for (const some of partsOf(known)) yield updateOf(some);
  for (const some of partsOf(opened)) yield insertionOf(some, numbers);
}

const deletionOf = (rows: readonly number[]): Part<Client> => {
  const list = `{${rows.join(',')}}`;
  return async (client) =>
    void (await client.query('DELETE FROM aggregator_sessions WHERE id = ANY($1::bigint[])', [list]));
};

/** Makes the update use the index row by row: the planner, which assumes slow disks, prefers to scan the whole table. */
const byIndex: Part<Client> = async (client) =>
  void (await client.query('SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off'));

function updateOf(sessions: readonly Session[]): Part<Client> {
  const ids = new ArrayParameter('bigint', ELEMENT_BYTES * sessions.length);
  const states = new ArrayParameter('json', STATE_BYTES * sessions.length);
  const times = new ArrayParameter('timestamptz', ELEMENT_BYTES * sessions.length);
  const days = new ArrayParameter('date', ELEMENT_BYTES * sessions.length);
  for (const session of sessions) {
    ids.next().safeInteger(session.row ?? 0);
    states.next().text(saveSession(session));
    times.next().timestamp(session.updatedAt);
    days.next().date(session.updatedAt);
  }
  const values = [ids.value, states.value, times.value, days.value];
  return async (client) => {
    const { rowCount } = await client.query(UPDATE, values);
    if (rowCount !== sessions.length) throw new LostSessionsError(sessions.length - (rowCount ?? 0));
  };
}

/** Sessions were deleted after they were read. The transaction must not commit, as the records added to them would be lost. */
export class LostSessionsError extends Error {
  override readonly name = 'LostSessionsError';

  constructor(count: number) {
    super(`${count} sessions were deleted while records were added to them`);
  }
}

/** Expected bytes of an element; a buffer that is full is copied into one of twice the size. */
const [ELEMENT_BYTES, STATE_BYTES] = [13, 400];

const UPDATE = `UPDATE aggregator_sessions s SET state = kept.state, updated_at = kept.updated_at, updated_day = kept.day
   FROM unnest($1::bigint[], $2::json[], $3::timestamptz[], $4::date[]) AS kept (id, state, updated_at, day)
   WHERE s.id = kept.id`;

function insertionOf(sessions: readonly Session[], rows: RowNumbers): Part<Client> {
  const copied = new CopyRows();
  for (const session of sessions) {
    session.row = rows.next();
    copySession(copied, session, session.row);
  }
  return (client) =>
    copyInto(
      client,
      'aggregator_sessions (id, definition, grouping, key, version, state, updated_at, updated_day, due_at)',
      copied,
    );
}

function copySession(rows: CopyRows, session: Session, id: number): void {
  const { plan, key, updatedAt, dueAt } = session;
  rows.row(9).safeInteger(id).text(plan.definition).text(plan.grouping).text(key).integer(plan.version);
  rows.text(saveSession(session)).timestamp(updatedAt).date(updatedAt);
  if (dueAt === undefined) rows.bytes(null);
  else rows.timestamp(dueAt);
}

/** Number of sessions of a plan's grouping. */
export async function countSessions(client: Client | Pool, { definition, grouping }: Plan): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*) AS count FROM aggregator_sessions WHERE definition = $1 AND grouping = $2',
    [definition, grouping],
  );
  return rows[0]?.count ?? 0;
}

/**
 * Whether a session of the grouping in force is due.
 * @param now milliseconds since the epoch
 * @returns undefined where there is no definition of the name
 */
export async function isAnyDue(pool: Pool, definition: string, now: number): Promise<boolean | undefined> {
  const { rows } = await pool.query<{ due: boolean }>(
    `SELECT EXISTS (SELECT FROM aggregator_sessions s WHERE s.definition = d.name AND s.grouping = v.grouping
       AND s.due_at <= to_timestamp($2 / 1000.0)) AS due
     FROM aggregator_definitions d JOIN aggregator_versions v ON v.definition = d.name AND v.version = d.version
     WHERE d.name = $1`,
    [definition, now],
  );
  return rows[0]?.due;
}

/** The keys of due sessions of a plan's grouping, the longest due first. @param now milliseconds since the epoch @param most keys at most */
export async function dueKeys(
  client: Client | Pool,
  { definition, grouping }: Plan,
  now: number,
  most: number,
): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT key FROM aggregator_sessions
     WHERE definition = $1 AND grouping = $2 AND due_at <= to_timestamp($3 / 1000.0) ORDER BY due_at LIMIT $4`,
    [definition, grouping, now, most],
  );
  return rows.map(({ key }) => key);
}
