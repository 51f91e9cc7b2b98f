import { beforeAll, expect, it } from 'vitest';
import { moveOffset } from '../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { parseBatch } from '../../src/ingest/batch.ts';
import { addToLedger, type StoreResult } from '../../src/ingest/ledger.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
});

/** Adds a batch of events at these offsets, as ingest does, and what the ledger has then. */
const subscriptionOf = (group: string) => ({ clusterId: 'c', group, topic: 'shop' });

/** What was stored before there was a ledger. */
const reached = (group: string, next: bigint) =>
  transaction(pool, (client) => moveOffset(client, subscriptionOf(group), 0, undefined, next));

async function add(
  group: string,
  offsets: readonly bigint[],
  move: { readonly expected: bigint | undefined; readonly next: bigint },
  result: StoreResult,
) {
  const subscription = subscriptionOf(group);
  const records = offsets.map((offset) => ({
    ...{ offset, timestamp: Date.now(), key: null },
    value: Buffer.from(JSON.stringify(anEvent())),
  }));
  await transaction(pool, async (client) => {
    await moveOffset(client, subscription, 0, move.expected, move.next);
    await addToLedger(client, subscription, parseBatch({ partition: 0, records }), move, result);
  });
  const { rows } = await pool.query(
    'SELECT counted_from, inserted, repeated, set_aside, absent FROM ingest_ledger WHERE consumer_group = $1',
    [group],
  );
  return rows;
}

it('every offset that is passed is counted as one of four, gaps as absent', async () => {
  await reached('four', 10n);
  const first = { expected: 10n, next: 20n };
  const ledger = await add('four', [10n, 12n, 13n, 19n], first, { inserted: 2, duplicate: 1, rejected: 1 });
  expect(ledger).toEqual([{ counted_from: 10, inserted: 2, repeated: 1, set_aside: 1, absent: 6 }]);
  const second = { expected: 20n, next: 21n };
  expect(await add('four', [20n], second, { inserted: 1, duplicate: 0, rejected: 0 })).toEqual([
    { counted_from: 10, inserted: 3, repeated: 1, set_aside: 1, absent: 6 },
  ]);
});

it('the first batch ever counts from its first record on: what was before it is none of ingest’s', async () => {
  const move = { expected: undefined, next: 1_005n };
  expect(
    await add('first', [1_002n, 1_000n, 1_004n], move, { inserted: 3, duplicate: 0, rejected: 0 }),
  ).toEqual([{ counted_from: 1_000, inserted: 3, repeated: 0, set_aside: 0, absent: 2 }]);
});

it('a first batch without a record counts from its end on', async () => {
  const move = { expected: undefined, next: 7n };
  expect(await add('none', [], move, { inserted: 0, duplicate: 0, rejected: 0 })).toEqual([
    { counted_from: 7, inserted: 0, repeated: 0, set_aside: 0, absent: 0 },
  ]);
});

it('offsets beyond what a double holds are counted to the last one', async () => {
  const start = 2n ** 60n;
  await reached('far', start);
  const move = { expected: start, next: start + 3n };
  expect(await add('far', [start], move, { inserted: 1, duplicate: 0, rejected: 0 })).toMatchObject([
    { inserted: 1, absent: 2 },
  ]);
});
