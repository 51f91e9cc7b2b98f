import { beforeAll, expect, it } from 'vitest';
import { type Pool, transaction } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { orderIdOf, parseBatch } from '../../src/ingest/batch.ts';
import { copyAll, insertDeadLetters, insertNew } from '../../src/ingest/rows.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';

const ORIGIN = { topic: 'shop', partition: 3 };

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
});

const read = (...events: readonly ShopEvent[]) =>
  parseBatch({
    partition: ORIGIN.partition,
    records: events.map((event, index) => ({
      offset: BigInt(index),
      timestamp: Date.parse('2026-01-31T12:00:00.007Z'),
      key: null,
      value: Buffer.from(JSON.stringify(event)),
    })),
  }).events;
const aPastEvent = () => anEvent({ time: '2026-01-31T12:00:00.000Z', context: { item: 'a "quoted" é' } });

it('events are copied with where they come from and what they say', async () => {
  const [event, order] = [aPastEvent(), anEvent({ time: '2026-01-31T12:00:00.000Z', title: 'order' })];
  const live = read(event, order);
  expect(await transaction(pool, (client) => copyAll(client, ORIGIN, live))).toBe(live);
  const { rows } = await pool.query(
    `SELECT replace(user_id::text, '-', '') AS user_id, title, target, topic, "partition", "offset", appended_at, context
     FROM events WHERE order_id = ANY ($1) ORDER BY "offset"`,
    [[event.order_id, order.order_id]],
  );
  const from = { topic: 'shop', partition: 3, appended_at: new Date('2026-01-31T12:00:00.007Z') };
  expect(rows).toEqual([
    { ...from, user_id: event.user_id, title: 'banner_click', target: 0, offset: 0, context: event.context },
    { ...from, user_id: order.user_id, title: 'order', target: 1, offset: 1, context: {} },
  ]);
});

it('of events some of which are stored the others are inserted, and told in the order of the batch', async () => {
  const [stored, one, other] = [aPastEvent(), aPastEvent(), aPastEvent()];
  await transaction(pool, (client) => copyAll(client, ORIGIN, read(stored)));
  const again = read(other, stored, one);
  await expect(transaction(pool, (client) => copyAll(client, ORIGIN, again))).rejects.toMatchObject({
    code: '23505',
  });
  const inserted = await transaction(pool, (client) => insertNew(client, ORIGIN, again));
  expect(inserted.map(orderIdOf)).toEqual([other.order_id, one.order_id]);
  // On one connection again: what was staged before is gone.
  expect(await transaction(pool, (client) => insertNew(client, ORIGIN, read(one)))).toEqual([]);
});

it('nothing is copied of no events, and nothing set aside of no dead letters', async () => {
  expect(await copyAll(undefined as never, ORIGIN, [])).toEqual([]);
  expect(
    await insertDeadLetters(undefined as never, { clusterId: 'c', group: 'g', topic: 'shop' }, 0, []),
  ).toBeUndefined();
});

it('a dead letter is kept with its bytes, and with its reason as far as PostgreSQL keeps text', async () => {
  const record = { offset: 2n ** 62n, timestamp: 0, key: Buffer.from([0, 255]), value: null };
  const rejection = { code: 'empty', reason: 'a\0b \ud800' } as const;
  const subscription = { clusterId: 'rows', group: 'g', topic: 'shop' };
  await transaction(pool, (client) => insertDeadLetters(client, subscription, 3, [{ record, rejection }]));
  const { rows } = await pool.query(
    `SELECT topic, "partition", "offset"::text, code, reason, key, payload, state FROM dead_letters WHERE cluster_id = 'rows'`,
  );
  expect(rows).toEqual([
    {
      ...{ topic: 'shop', partition: 3, offset: String(2n ** 62n), code: 'empty', reason: 'a\ufffdb \ufffd' },
      ...{ key: record.key, payload: null, state: 'open' },
    },
  ]);
});
