// A small batch by one statement, beside the same batch by COPY.

import { expect, it } from 'vitest';
import { FencedError, readOffset } from '../../src/consumer/offsets.ts';
import type { KafkaRecord } from '../../src/consumer/record.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { parseBatch } from '../../src/ingest/batch.ts';
import { fitsSingleStatement, storeBySingleStatement } from '../../src/ingest/single-statement.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

const one = { clusterId: 'c', group: 'ingest', topic: 'ecommerce' };
const NOW = Date.now();
const recordsOf = (events: readonly ShopEvent[], from: bigint, timestamp = NOW): KafkaRecord[] =>
  events.map((event, index) => ({
    offset: from + BigInt(index),
    timestamp: timestamp - index,
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));

const ORDER = { title: 'order', target: 1 } as const;
const EVENTS = [
  anEvent({ context: { item: `"a\\b", {c} NULL é 𝄞 \t`, age: 40 } }),
  anEvent({ ...ORDER, context: { bot: true, user_agent: 'curl/8' } }),
  anEvent({ ...ORDER, context: { simulated: true } }),
  anEvent({ time: '2019-12-31T23:59:59.999Z' }),
  anEvent({ time: '2000-01-01T00:00:00.001Z' }),
];

async function storedOf(pool: Pool) {
  const { rows: events } = await pool.query(
    `SELECT order_id, user_id, page_id, product, site_version, "time"::text AS "time", title, target, "partition", "offset",
       appended_at::text AS appended_at, stored_at IS NOT NULL AS is_stored, stored_in IS NOT NULL AS is_stored_in, topic, context
     FROM events ORDER BY "offset"`,
  );
  const { rows: ledger } = await pool.query(
    `SELECT cluster_id, consumer_group, topic, "partition", counted_from, inserted, repeated, set_aside, absent,
       begun_in = (SELECT min(stored_in::text::bigint)::text::xid8 FROM events) AS is_begun_with_events
     FROM ingest_ledger`,
  );
  const { rows: counts } = await pool.query(
    'SELECT * FROM minute_counts ORDER BY minute, product, title, device',
  );
  const { rows: users } = await pool.query('SELECT * FROM user_years ORDER BY user_id');
  return { events, ledger, counts, users };
}

it('storing at once writes what COPY and its statements write, gaps of offsets counted too', async () => {
  const [{ pool: copied }, { pool: atOnce }] = await Promise.all([migratedDatabase(), migratedDatabase()]);
  const first = anEvent();
  for (const pool of [copied, atOnce])
    await storeBatch(pool, one, { partition: 1, records: recordsOf([first], 0n) }, undefined, 1n);
  const batch = { partition: 1, records: recordsOf(EVENTS, 3n) };
  // A message that is set aside keeps its batch from being stored at once.
  const letter: KafkaRecord = { offset: 8n, timestamp: 0, key: null, value: Buffer.from('no event') };
  await storeBatch(copied, one, { ...batch, records: [...batch.records, letter] }, 1n, 9n);
  const parsed = parseBatch(batch);
  expect(fitsSingleStatement(parsed, { expected: 1n, next: 8n })).toBe(true);
  await storeBySingleStatement(atOnce, one, parsed, { expected: 1n, next: 8n }, true);
  const [theirs, ours] = [await storedOf(copied), await storedOf(atOnce)];
  expect(ours.ledger).toEqual([{ ...theirs.ledger[0], set_aside: 0 }]);
  expect(ours.ledger[0]).toMatchObject({ counted_from: 0, inserted: 6, absent: 2 });
  for (const part of ['events', 'counts', 'users'] as const) expect(ours[part]).toEqual(theirs[part]);
  expect(ours.events).toHaveLength(6);
  expect(await readOffset(atOnce, one, 1)).toBe(8n);
  await expectRollupsEqualEvents(atOnce);
});

it('storing at once writes nothing where the offset has moved on, or an order_id is there already', async () => {
  const { pool } = await migratedDatabase();
  const [taken, event] = [anEvent(), anEvent()];
  await storeBatch(pool, one, { partition: 0, records: recordsOf([taken], 0n) }, undefined, 1n);
  const before = await storedOf(pool);
  const parsed = parseBatch({ partition: 0, records: recordsOf([event], 5n) });
  await expect(storeBySingleStatement(pool, one, parsed, { expected: 5n, next: 6n }, true)).rejects.toThrow(
    FencedError,
  );
  const repeated = parseBatch({ partition: 0, records: recordsOf([event, taken], 1n) });
  const move = { expected: 1n, next: 3n };
  await expect(storeBySingleStatement(pool, one, repeated, move, true)).rejects.toThrow(/events.*_pkey/);
  expect(await storedOf(pool)).toEqual(before);
  expect(await readOffset(pool, one, 0)).toBe(1n);
  const { inserted, duplicate } = await storeBatch(
    pool,
    one,
    { partition: 0, records: recordsOf([event, taken], 1n) },
    1n,
    3n,
  );
  expect([inserted, duplicate]).toEqual([1, 1]);
  await expectRollupsEqualEvents(pool);
});

it('storing at once refuses what PostgreSQL cannot keep as COPY does, by a data exception', async () => {
  const { pool } = await migratedDatabase();
  await storeBatch(pool, one, { partition: 0, records: recordsOf([anEvent()], 0n) }, undefined, 1n);
  const records = recordsOf([anEvent()], 1n, 9.9e15);
  await expect(storeBatch(pool, one, { partition: 0, records }, 1n, 2n)).rejects.toMatchObject({
    code: expect.stringMatching(/^22/),
  });
});

it('storing at once is for small batches of a partition with an offset, all of them new', () => {
  const parsed = parseBatch({ partition: 0, records: recordsOf(EVENTS, 0n) });
  const move = { expected: 0n, next: 5n };
  expect(fitsSingleStatement(parsed, move)).toBe(true);
  expect(fitsSingleStatement(parsed, { ...move, expected: undefined })).toBe(false);
  expect(fitsSingleStatement({ ...parsed, events: [] }, move)).toBe(false);
  expect(fitsSingleStatement({ ...parsed, repeats: parsed.events }, move)).toBe(false);
  const [event] = parsed.events;
  if (event === undefined) throw new Error('no event');
  expect(fitsSingleStatement({ ...parsed, events: Array(101).fill(event) }, move)).toBe(false);
  const letter = { record: event.record, rejection: { code: 'empty', reason: 'empty' } } as const;
  expect(fitsSingleStatement({ ...parsed, deadLetters: [letter] }, move)).toBe(false);
});
