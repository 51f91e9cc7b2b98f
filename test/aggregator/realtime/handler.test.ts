// Batches of a topic as the consumer hands them on, into a real database.

import { beforeAll, expect, it } from 'vitest';
import { aggregateHandler } from '../../../src/aggregator/realtime/handler.ts';
import { LiveSessions } from '../../../src/aggregator/realtime/live-sessions.ts';
import type { Change } from '../../../src/aggregator/realtime/transacted.ts';
import { FencedError, readOffsets, type Subscription } from '../../../src/consumer/offsets.ts';
import type { KafkaRecord, RecordBatch } from '../../../src/consumer/record.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';
import { onSessions } from './on-sessions.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});
const { save } = onSessions(() => pool);

const AT = Date.UTC(2026, 0, 1);
const recordOf = (offset: number, value: string | null, more: Partial<KafkaRecord> = {}): KafkaRecord => ({
  offset: BigInt(offset),
  timestamp: AT + offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
  ...more,
});
const sheets = (offset: number, user: string, n: unknown = 1) =>
  recordOf(offset, JSON.stringify({ user, n }));
const batchOf = (partition: number, ...records: KafkaRecord[]): RecordBatch => ({ partition, records });

async function handlerOf(name: string) {
  await save(`name: ${name}
topic: prints
group: { fields: [user] }
aggregate: [{ field: n, operation: SUM }]
flush:
  by: TIMEOUT
  timeout: { type: HOUR, hours: 1 }
  conditions: [{ name: ten, aggregate: sum_n, operator: '>=', value: 10 }]
`);
  const subscription: Subscription = { clusterId: 'c', group: name, topic: 'prints' };
  const changes: Change[] = [];
  const handler = aggregateHandler(pool, subscription, new LiveSessions(name, pool), (change) =>
    changes.push(change),
  );
  /** Stores a batch that goes on from an offset to another. */
  const store = async (batch: RecordBatch, expected: bigint | undefined, next: bigint) => {
    const change = await handler.store(batch, { expected, next });
    handler.stored(change, batch, 0);
    return change;
  };
  const stateOf = async () => {
    const { rows: sessions } = await pool.query<{ state: unknown[] }>(
      'SELECT state FROM aggregator_sessions WHERE definition = $1 ORDER BY key',
      [name],
    );
    const { rows: asides } = await pool.query(
      'SELECT source, position, message FROM aggregator_set_aside WHERE definition = $1 ORDER BY seq',
      [name],
    );
    const { rows: results } = await pool.query<{ row: { meta: object } }>(
      'SELECT row FROM aggregator_results WHERE definition = $1 ORDER BY seq',
      [name],
    );
    return {
      // Group, sums, count, first and last event, and places.
      sessions: sessions.map(({ state: [group, , sums, count, first, last, , , , , places] }) => [
        ...[group, sums, count, first, last, places],
      ]),
      asides,
      results: results.map(({ row }) => row),
      offsets: Object.fromEntries(await readOffsets(pool, subscription)),
    };
  };
  return { store, stateOf, changes };
}

it('records and the offset behind them are committed together, each record with its place and time', async () => {
  const { store, stateOf, changes } = await handlerOf('together');
  await store(batchOf(0, sheets(7, 'A'), sheets(8, 'A', 2), sheets(10, 'B')), undefined, 11n);
  await store(batchOf(1, sheets(3, 'A', 4)), undefined, 4n);
  expect(await stateOf()).toMatchObject({
    sessions: [
      [
        ['"A"'],
        ['7'],
        3,
        AT + 3,
        AT + 8,
        [
          ['prints/0', 7, 8],
          ['prints/1', 3, 3],
        ],
      ],
      [['"B"'], ['1'], 1, AT + 10, AT + 10, [['prints/0', 10, 10]]],
    ],
    offsets: { 0: 11n, 1: 4n },
  });
  expect(changes).toMatchObject([
    { flushed: 0, asides: 0, open: 2 },
    { flushed: 0, asides: 0, open: 2 },
  ]);
});

it('a batch whose offset another consumer has moved changes nothing', async () => {
  const { store, stateOf } = await handlerOf('fenced');
  await store(batchOf(0, sheets(0, 'A')), undefined, 1n);
  const before = await stateOf();
  await expect(store(batchOf(0, sheets(0, 'A'), recordOf(1, 'no JSON')), undefined, 2n)).rejects.toThrow(
    FencedError,
  );
  await expect(store(batchOf(0, sheets(5, 'A')), 5n, 6n)).rejects.toThrow(FencedError);
  expect(await stateOf()).toEqual(before);
  // The sessions in memory have nothing of those batches either.
  await store(batchOf(0, sheets(1, 'A', 9)), 1n, 2n);
  expect((await stateOf()).results).toMatchObject([{ user: 'A', sum_n: 10, meta: { count: 2 } }]);
});

it('records that are no objects, do not unpack or have no number are set aside with their offsets, and the others count', async () => {
  const { store, stateOf, changes } = await handlerOf('asides');
  const batch = batchOf(
    2,
    sheets(0, 'A', 'many'),
    recordOf(1, 'no JSON'),
    recordOf(2, null),
    recordOf(3, 'bytes', { undecodable: 'the batch does not unpack' }),
    sheets(4, 'A'),
  );
  await store(batch, undefined, 5n);
  const { sessions, asides, offsets } = await stateOf();
  expect(sessions).toHaveLength(1);
  // Before any record is aggregated, all are turned into cells.
  expect(new Map(asides.map(({ source, position, message }) => [`${source}:${position}`, message]))).toEqual(
    new Map([
      ['prints/2:0', expect.stringContaining('n: received "many"')],
      ['prints/2:1', expect.stringContaining('received text that is not JSON')],
      ['prints/2:2', 'received a record without a value, expected a JSON object'],
      ['prints/2:3', 'the batch does not unpack'],
    ]),
  );
  expect([offsets, changes]).toMatchObject([{ 2: 5n }, [{ asides: 4, open: 1 }]]);
});

it('of a batch that Postgres refuses every record is set aside, with the reason', async () => {
  const { store, stateOf } = await handlerOf('refused');
  await store({ ...batchOf(0, sheets(0, 'A'), sheets(1, 'B')), unstorable: 'refused: 22021' }, undefined, 2n);
  expect(await stateOf()).toMatchObject({
    sessions: [],
    asides: [
      { source: 'prints/0', position: 0, message: 'refused: 22021' },
      { source: 'prints/0', position: 1, message: 'refused: 22021' },
    ],
    offsets: { 0: 2n },
  });
});

it('a record that meets a condition flushes its session in the same transaction', async () => {
  const { store, stateOf, changes } = await handlerOf('flushed');
  await store(
    batchOf(0, sheets(0, 'A', 6), sheets(1, 'B', 1), sheets(2, 'A', 4), sheets(3, 'A', 1)),
    undefined,
    4n,
  );
  const { results, sessions } = await stateOf();
  expect(results).toMatchObject([
    {
      user: 'A',
      sum_n: 10,
      meta: { flush_type: 'CONDITION', condition: 'ten', sources: ['prints/0:0', 'prints/0:2'] },
    },
  ]);
  expect(sessions.map(([group, sums]) => [group, sums])).toEqual([
    [['"A"'], ['1']],
    [['"B"'], ['1']],
  ]);
  expect(changes).toMatchObject([{ flushed: 1, open: 2 }]);
});
