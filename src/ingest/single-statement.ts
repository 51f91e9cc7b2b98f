// Stores a small batch of new events by one statement, which is a transaction by itself: rows, rollups, users, ledger and the next
// offset. For single events it takes a third of the time of the path of larger batches, most of which is round trips to Postgres.

import { Moving, movingSql, type OffsetMove, type Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import {
  addCountsSql,
  countSeenSql,
  countsOf,
  ROLLUPS,
  type Rows,
  seenUsersSql,
} from '../rollups/rollups.ts';
import { type LiveEvent, orderIdOf, type ParsedBatch, pageIdOf, userIdOf } from './batch.ts';
import { addInsertedSql } from './ledger.ts';
import { COLUMNS } from './rows.ts';

/** For more events COPY is faster. */
const MOST_EVENTS = 100;

/** Whether a batch may be stored by one statement: it is small, has only events, none of them repeated in it, and its partition has a ledger. */
export const fitsSingleStatement = (
  { events, repeats, deadLetters }: ParsedBatch,
  { expected }: OffsetMove,
): boolean =>
  expected !== undefined &&
  events.length > 0 &&
  events.length <= MOST_EVENTS &&
  repeats.length === 0 &&
  deadLetters.length === 0;

const PARTITION = '$4::integer';
const NEW: Rows = {
  from: 'new',
  time: '"time"',
  device: 'device',
  robot: 'robot',
  simulated: 'simulated',
  count: 'count(*)',
};

/** SQL of a timestamp: PostgreSQL converts it, and refuses one that it can't store as it does for COPY. */
const instantOf = (ms: string): string => `'epoch'::timestamptz + ${ms} * interval '1 millisecond'`;

/** Nothing else is written where the offset does not move. */
const storeSql = (move: string): string => `WITH moved AS (${move}),
  new AS MATERIALIZED (
    SELECT given.*, ${instantOf('ms')} AS "time" FROM moved, unnest($9::uuid[], $10::uuid[], $11::uuid[], $12::product[],
      $13::site_version[], $14::bigint[], $15::title[], $16::bigint[], $17::bigint[], $18::jsonb[], $19::boolean[], $20::boolean[])
      AS given(order_id, user_id, page_id, product, device, ms, title, "offset", appended_ms, context, robot, simulated)
  ), stored AS (
    INSERT INTO events (${COLUMNS})
    SELECT order_id, user_id, page_id, product, device, "time", title, (title = 'order')::integer, ${PARTITION}, "offset",
      ${instantOf('appended_ms')}, ${instantOf('$21::bigint')}, $3, context
    FROM new
  ), days AS (${addCountsSql(ROLLUPS.days, countsOf(ROLLUPS.days, NEW), PARTITION)}),
  hours AS (${addCountsSql(ROLLUPS.hours, countsOf(ROLLUPS.hours, NEW), PARTITION)}),
  minutes AS (${addCountsSql(ROLLUPS.minutes, countsOf(ROLLUPS.minutes, NEW), PARTITION)})`;
const STORE_USERS = `, seen AS (${seenUsersSql(NEW)}), users AS (${countSeenSql('seen', PARTITION)})`;
const KEEP_LEDGER = `, ledger AS (
    ${addInsertedSql('moved', `$1, $2, $3, ${PARTITION}, $8::bigint`, '$22::bigint', '$23::bigint')}
  ) SELECT count(*) AS moved FROM moved`;

const STATEMENTS = {
  known: movingSql('store_at_once', (move) => storeSql(move) + KEEP_LEDGER),
  unknown: movingSql('store_at_once_users', (move) => storeSql(move) + STORE_USERS + KEEP_LEDGER),
};

/** An array literal of values that need no quotes in it. */
const listOf = (events: readonly LiveEvent[], of: (event: LiveEvent) => string | number | bigint | boolean) =>
  `{${events.map(of).join(',')}}`;

/**
 * Stores a batch that fitsSingleStatement().
 * @param hasUnknown whether some of its users may not be counted yet
 * @throws {FencedError} where another consumer has moved the offset: nothing is written
 * @throws pg's error 23505 where one of the ids is stored already: nothing is written
 */
export async function storeBySingleStatement(
  pool: Pool,
  subscription: Subscription,
  { partition, events }: ParsedBatch,
  move: OffsetMove,
  hasUnknown: boolean,
): Promise<void> {
  const moving = new Moving(subscription, partition, move, true);
  const { expected = 0n, next } = move;
  const list = (of: Parameters<typeof listOf>[1]) => listOf(events, of);
  const { rows } = await pool.query<{ moved: number }>({
    ...STATEMENTS[hasUnknown ? 'unknown' : 'known'][moving.kind],
    values: [
      ...moving.values,
      list(orderIdOf),
      list(userIdOf),
      list(pageIdOf),
      list(({ dimensions }) => dimensions.product),
      list(({ dimensions }) => dimensions.device),
      list(({ time }) => time),
      list(({ dimensions }) => dimensions.title),
      list(({ record }) => record.offset),
      list(({ record }) => record.timestamp),
      events.map(({ context }) => context),
      list(({ dimensions }) => dimensions.robot),
      list(({ dimensions }) => dimensions.simulated),
      Date.now(),
      events.length,
      String(next - expected - BigInt(events.length)),
    ],
  });
  moving.check(rows[0]?.moved ?? 0);
}
