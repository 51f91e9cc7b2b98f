// Queries of dead letters: to find, count and settle them.

import { and, count, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from '../db/pool.ts';
import { deadLetters } from '../db/tables.ts';
import { toBytes } from './bytes.ts';
import type { DeadLetter, DeadLetterFilter } from './dead-letter.ts';

/** More than Kafka accepts in a message. */
const ALL_BYTES = 2 ** 31 - 1;

/** A row's columns, with the first bytes of key and payload. */
function columns(mostBytes: number) {
  const { key, payload, ...others } = getTableColumns(deadLetters);
  const start = (column: typeof key | typeof payload) =>
    sql<Buffer | null>`substring(${column} from 1 for ${mostBytes}::int)`;
  const length = (column: typeof key | typeof payload) => sql<number | null>`octet_length(${column})`;
  return {
    ...others,
    key: start(key),
    keyBytes: length(key),
    payload: start(payload),
    payloadBytes: length(payload),
  };
}

function conditions({ state, code, topic, partition }: DeadLetterFilter): SQL[] {
  const {
    state: stateColumn,
    code: codeColumn,
    topic: topicColumn,
    partition: partitionColumn,
  } = deadLetters;
  return [
    ...(state === undefined ? [] : [eq(stateColumn, state)]),
    ...(code === undefined ? [] : [eq(codeColumn, code)]),
    ...(topic === undefined ? [] : [eq(topicColumn, topic)]),
    ...(partition === undefined ? [] : [eq(partitionColumn, partition)]),
  ];
}

type Page = {
  /** Only dead letters with a smaller id; undefined begins with the newest. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** Limit of the bytes of each key and payload. */
  readonly mostBytes: number;
};

/** Dead letters, newest first. */
export async function listDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
  page: Page,
): Promise<DeadLetter[]> {
  const older = page.before === undefined ? [] : [lt(deadLetters.id, page.before)];
  const rows = await drizzle(pool)
    .select(columns(page.mostBytes))
    .from(deadLetters)
    .where(and(...conditions(filter), ...older))
    .orderBy(desc(deadLetters.id))
    .limit(page.limit);
  return rows.map(toDeadLetter);
}

/** The number of dead letters of each code that has any. */
export async function countDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
): Promise<Partial<Record<DeadLetter['code'], number>>> {
  const rows = await drizzle(pool)
    .select({ code: deadLetters.code, count: count() })
    .from(deadLetters)
    .where(and(...conditions(filter)))
    .groupBy(deadLetters.code)
    .orderBy(deadLetters.code);
  return Object.fromEntries(rows.map((row) => [row.code, row.count]));
}

/** One dead letter, with up to `mostBytes` of key and payload; undefined where there is none. */
export async function findDeadLetter(
  pool: Pool,
  id: number,
  mostBytes = ALL_BYTES,
): Promise<DeadLetter | undefined> {
  const [row] = await drizzle(pool)
    .select(columns(mostBytes))
    .from(deadLetters)
    .where(eq(deadLetters.id, id));
  return row === undefined ? undefined : toDeadLetter(row);
}

/** The payload of a dead letter, empty where the message had no value; undefined where there is no such dead letter. */
export async function findPayload(pool: Pool, id: number): Promise<Buffer | undefined> {
  const [row] = await drizzle(pool)
    .select({ payload: deadLetters.payload })
    .from(deadLetters)
    .where(eq(deadLetters.id, id));
  return row === undefined ? undefined : (row.payload ?? Buffer.alloc(0));
}

/** What an open dead letter may become. */
export type Settlement = { readonly state: 'resent'; readonly as: string } | { readonly state: 'discarded' };

/** Settles an open dead letter; undefined where there is none, or it is not open any more. */
export async function settleDeadLetter(
  pool: Pool,
  id: number,
  settlement: Settlement,
): Promise<DeadLetter | undefined> {
  const [row] = await drizzle(pool)
    .update(deadLetters)
    .set({
      state: settlement.state,
      settled_at: sql`clock_timestamp()`,
      resent_as: settlement.state === 'resent' ? settlement.as : null,
    })
    .where(and(eq(deadLetters.id, id), eq(deadLetters.state, 'open')))
    .returning(columns(ALL_BYTES));
  return row === undefined ? undefined : toDeadLetter(row);
}

type Row = Awaited<ReturnType<typeof selectType>>[number];
const selectType = (pool: Pool) => drizzle(pool).select(columns(1)).from(deadLetters);

function toDeadLetter({ key, keyBytes, payload, payloadBytes, ...row }: Row): DeadLetter {
  return {
    id: row.id,
    state: row.state,
    code: row.code,
    reason: row.reason,
    topic: row.topic,
    partition: row.partition,
    offset: String(row.offset),
    key: key === null ? null : toBytes(key, keyBytes ?? key.length),
    payload: payload === null ? null : toBytes(payload, payloadBytes ?? payload.length),
    rejected_at: row.rejected_at.toISOString(),
    settled_at: row.settled_at?.toISOString() ?? null,
    resent_as: row.resent_as,
  };
}
