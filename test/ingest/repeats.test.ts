// An order_id that comes again: the same event is a duplicate, another event is set aside, whichever way the first one came.

import { beforeAll, describe, expect, it } from 'vitest';
import { loadSample } from '../../seed/sample.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import type { StoreResult } from '../../src/ingest/ledger.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase, openTestPool, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

let url: string;
let pool: Pool;
beforeAll(async () => {
  ({ url, pool } = await migratedDatabase());
});

const one = { clusterId: newId(), group: 'ingest', topic: 'ecommerce' };
const ends = new Map<number, bigint>();

/** Stores events as the next batch of a partition. */
async function store(partition: number, events: readonly ShopEvent[], by = pool): Promise<StoreResult> {
  const from = ends.get(partition);
  const records = events.map((event, index) => ({
    offset: (from ?? 0n) + BigInt(index),
    timestamp: Date.now(),
    key: Buffer.from(event.user_id),
    value: Buffer.from(JSON.stringify(event)),
  }));
  const to = (from ?? 0n) + BigInt(events.length);
  const result = await storeBatch(by, one, { partition, records }, from, to);
  ends.set(partition, to);
  return result;
}

/** The letters of an order_id, as the events they were, with their reasons. */
async function lettersOf(orderId: string): Promise<{ event: ShopEvent; reason: string; key: string }[]> {
  const { rows } = await pool.query<{ payload: Buffer; reason: string; key: Buffer }>(
    `SELECT payload, reason, key FROM dead_letters WHERE code = 'order_id_conflict' ORDER BY id`,
  );
  return rows
    .map(({ payload, reason, key }) => ({
      event: JSON.parse(payload.toString()) as ShopEvent,
      reason,
      key: key.toString(),
    }))
    .filter(({ event }) => event.order_id === orderId);
}

async function storedPage(orderId: string): Promise<string[]> {
  const { rows } = await pool.query(
    `SELECT replace(page_id::text, '-', '') AS page_id FROM events WHERE order_id = $1`,
    [orderId],
  );
  return rows.map((row) => row.page_id);
}

const withOtherPage = (event: ShopEvent): ShopEvent => ({ ...event, page_id: newId() });

describe('an order_id that comes again', () => {
  it('ingest compares a repeated order_id in the same batch', async () => {
    const event = anEvent();
    const other = withOtherPage(event);
    expect(await store(0, [event, anEvent(), other, event])).toEqual({
      inserted: 2,
      duplicate: 1,
      rejected: 1,
    });
    expect(await storedPage(event.order_id)).toEqual([event.page_id]);
    const [letter, ...more] = await lettersOf(event.order_id);
    expect(more).toEqual([]);
    expect(letter).toEqual({
      event: other,
      key: event.user_id,
      reason: `order_id: received ${event.order_id} again with another page_id, expected an order_id of its own or the same event`,
    });
  });

  it('ingest compares a repeated order_id in a later batch of the same partition, beside new events', async () => {
    const event = anEvent();
    await store(0, [event]);
    const other = withOtherPage(event);
    expect(await store(0, [anEvent(), other, event, anEvent()])).toEqual({
      inserted: 2,
      duplicate: 1,
      rejected: 1,
    });
    expect(await storedPage(event.order_id)).toEqual([event.page_id]);
    expect((await lettersOf(event.order_id)).map((letter) => letter.event)).toEqual([other]);
  });

  it('ingest compares each of several repeats in a later batch with what is stored, not with each other', async () => {
    const event = anEvent();
    await store(0, [event]);
    const other = withOtherPage(event);
    expect(await store(0, [other, other, event])).toEqual({ inserted: 0, duplicate: 1, rejected: 2 });
    expect((await lettersOf(event.order_id)).map((letter) => letter.event)).toEqual([other, other]);
  });

  it('ingest compares a repeated order_id in another partition, in another process', async () => {
    const event = anEvent();
    await store(0, [event]);
    const other = withOtherPage(event);
    expect(await store(1, [other, event], openTestPool(url))).toEqual({
      inserted: 0,
      duplicate: 1,
      rejected: 1,
    });
    expect((await lettersOf(event.order_id)).map((letter) => letter.event)).toEqual([other]);
  });

  it('ingest stores one content of several processes at the same time, and sets every other one aside', async () => {
    const shared = Array.from({ length: 40 }, () => anEvent());
    const versions = [10, 11, 12].map((partition) => ({ partition, events: shared.map(withOtherPage) }));
    const results = await Promise.all(
      versions.map(({ partition, events }) => store(partition, events, openTestPool(url))),
    );
    expect(results.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(shared.length);
    expect(results.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(2 * shared.length);
    for (const [index, { order_id }] of shared.entries()) {
      const sent = versions.map(({ events }) => events[index]?.page_id).sort();
      const aside = (await lettersOf(order_id)).map(({ event }) => event.page_id);
      expect([...(await storedPage(order_id)), ...aside].sort()).toEqual(sent);
    }
  });

  it.each(['user_id', 'page_id', 'product', 'site_version', 'time', 'title'] as const)(
    'with another %s',
    async (field) => {
      const event = anEvent();
      await store(0, [event]);
      const changes = {
        user_id: { user_id: newId() },
        page_id: { page_id: newId() },
        product: { product: 'sneakers' },
        site_version: { site_version: 'mobile' },
        time: { time: new Date(Date.parse(event.time) + 1).toISOString() },
        title: { title: 'banner_show' },
      } as const;
      expect(await store(0, [{ ...event, ...changes[field] }])).toMatchObject({ duplicate: 0, rejected: 1 });
      const [letter] = await lettersOf(event.order_id);
      expect(letter?.reason).toContain(`with another ${field}, expected`);
    },
  );

  it('ingest takes an event with another context only for the same event, sent again', async () => {
    const event = anEvent({ context: { item: 'linen-shirt' } });
    await store(0, [event]);
    expect(await store(0, [{ ...event, context: { age: 40 } }])).toMatchObject({ duplicate: 1, rejected: 0 });
  });

  it('ingest compares a repeated order_id of a row that came from a file', async () => {
    await loadSample(pool, testLog);
    const { rows } = await pool.query('SELECT * FROM events WHERE topic IS NULL ORDER BY order_id LIMIT 1');
    const hex = (id: string) => id.replaceAll('-', '');
    const { order_id, user_id, page_id, product, site_version, time, title, target } = rows[0];
    const same = {
      ...{ order_id: hex(order_id), user_id: hex(user_id), page_id: hex(page_id) },
      ...{ product, site_version, time: new Date(time).toISOString(), title, target },
    };
    expect(await store(0, [same, withOtherPage(same)])).toEqual({ inserted: 0, duplicate: 1, rejected: 1 });
    expect(await storedPage(same.order_id)).toEqual([same.page_id]);
  });

  it('ingest counts no event that was set aside', async () => {
    await expectRollupsEqualEvents(pool);
  });
});
