import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FencedError, readOffset } from '../../src/consumer/offsets.ts';
import type { KafkaRecord } from '../../src/consumer/record.ts';
import type { Pool } from '../../src/db/pool.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { DEVICES, TITLES } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { KnownUsers } from '../../src/ingest/known-users.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase('America/New_York')).pool;
});

const subscription = () => ({ clusterId: newId(), group: 'ingest', topic: 'ecommerce' });
const record = (offset: bigint, value: unknown): KafkaRecord => ({
  offset,
  timestamp: Date.now(),
  key: null,
  value: Buffer.isBuffer(value) || value === null ? value : Buffer.from(JSON.stringify(value)),
});
const recordsOf = (events: readonly unknown[], from = 0n) =>
  events.map((event, index) => record(from + BigInt(index), event));

async function count(table: string): Promise<number> {
  return Number((await pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count);
}

describe('storeBatch', () => {
  it('storeBatch stores rows, their origin and the next offset together', async () => {
    const one = subscription();
    const event = anEvent({ context: { item: 'linen-shirt', age: 40 } });
    const result = await storeBatch(
      pool,
      one,
      { partition: 2, records: recordsOf([event], 7n) },
      undefined,
      8n,
    );
    expect(result).toEqual({ inserted: 1, duplicate: 0, rejected: 0 });
    expect(await readOffset(pool, one, 2)).toBe(8n);
    const { rows } = await pool.query(
      'SELECT "time", topic, "partition", "offset", context FROM events WHERE order_id = $1',
      [event.order_id],
    );
    expect(rows).toEqual([
      { time: new Date(event.time), topic: 'ecommerce', partition: 2, offset: 7, context: event.context },
    ]);
  });

  it('storeBatch inserts no row of a batch that is delivered again', async () => {
    const one = subscription();
    const batch = { partition: 0, records: recordsOf([anEvent(), anEvent()]) };
    await storeBatch(pool, one, batch, undefined, 2n);
    const before = await count('events');
    await expect(storeBatch(pool, one, batch, undefined, 2n)).rejects.toThrow(FencedError);
    expect(await count('events')).toBe(before);
  });

  it('storeBatch inserts an order_id once, in one batch and over batches, and counts it once', async () => {
    const one = subscription();
    const event = anEvent();
    const first = await storeBatch(
      pool,
      one,
      { partition: 0, records: recordsOf([event, event]) },
      undefined,
      2n,
    );
    expect(first).toEqual({ inserted: 1, duplicate: 1, rejected: 0 });
    const other = anEvent();
    const second = await storeBatch(
      pool,
      one,
      { partition: 0, records: recordsOf([other, event], 2n) },
      2n,
      4n,
    );
    expect(second).toEqual({ inserted: 1, duplicate: 1, rejected: 0 });
    await expectRollupsEqualEvents(pool);
  });

  it('storeBatch lets a consumer that lost its partition meanwhile commit nothing', async () => {
    const one = subscription();
    await storeBatch(pool, one, { partition: 0, records: recordsOf([anEvent()]) }, undefined, 1n);
    const taken = anEvent();
    await storeBatch(pool, one, { partition: 0, records: recordsOf([taken], 1n) }, 1n, 2n);
    const before = await count('events');
    const zombie = storeBatch(pool, one, { partition: 0, records: recordsOf([anEvent()], 1n) }, 1n, 2n);
    await expect(zombie).rejects.toThrow(FencedError);
    expect(await count('events')).toBe(before);
    expect(await readOffset(pool, one, 0)).toBe(2n);
  });

  it('storeBatch sets aside what is no event, with its reason and its bytes, and stores the rest', async () => {
    const one = subscription();
    const good = anEvent();
    const bad: [unknown, string][] = [
      [Buffer.from('not json \0 at all'), 'not_json'],
      [null, 'empty'],
      [Buffer.alloc(70_000, 'x'), 'too_large'],
      [{ ...anEvent(), title: 'banner_hover' }, 'not_an_event'],
      [{ ...anEvent(), order_id: 'ABC' }, 'not_an_event'],
      [{ ...anEvent(), target: 1 }, 'not_an_event'],
      [{ ...anEvent(), context: { user_agent: 'a\0b' } }, 'not_an_event'],
      [{ ...anEvent(), context: { user_agent: '\ud800' } }, 'not_an_event'],
      [[1, 2], 'not_an_event'],
    ];
    const records = recordsOf([...bad.map(([value]) => value), good]);
    const result = await storeBatch(pool, one, { partition: 1, records }, undefined, BigInt(records.length));
    expect(result).toEqual({ inserted: 1, duplicate: 0, rejected: bad.length });
    const { rows } = await pool.query(
      `SELECT "offset", code, reason, payload FROM dead_letters WHERE cluster_id = $1 ORDER BY "offset"`,
      [one.clusterId],
    );
    expect(rows.map(({ code }) => code)).toEqual(bad.map(([, code]) => code));
    expect(rows.map(({ payload }) => payload)).toEqual(records.slice(0, -1).map(({ value }) => value));
    expect(rows[3].reason).toBe('title: received "banner_hover", expected banner_show, banner_click, order');
  });

  it('storeBatch sets aside what happens more than a day after it was received', async () => {
    const one = subscription();
    const now = Date.now();
    const at = (ms: number) => new Date(now + ms).toISOString();
    const DAY = 86_400_000;
    const drawn: [number, string | undefined, number, boolean][] = [
      // time, received_at and Kafka's timestamp, all from now; whether it is stored
      [DAY, undefined, 0, true],
      [DAY + 1, undefined, 0, false],
      [DAY, at(0), 5_000, true],
      [DAY + 1, at(0), 5_000, false],
      [DAY + 1, at(10 * DAY), 0, false],
      [10 * DAY, undefined, -now - 1, true],
      [10 * DAY, at(0), -now - 1, false],
    ];
    const records = drawn.map(([time, received_at, timestamp], n) => ({
      ...record(
        BigInt(n),
        anEvent({ time: at(time), context: received_at === undefined ? {} : { received_at } }),
      ),
      timestamp: now + timestamp,
    }));
    const result = await storeBatch(pool, one, { partition: 0, records }, undefined, BigInt(drawn.length));
    expect(result).toEqual({ inserted: 3, duplicate: 0, rejected: 4 });
    const { rows } = await pool.query(
      `SELECT "offset", code, reason FROM dead_letters WHERE cluster_id = $1 ORDER BY "offset"`,
      [one.clusterId],
    );
    expect(rows.map((row) => Number(row.offset))).toEqual(
      drawn.flatMap(([, , , stored], n) => (stored ? [] : [n])),
    );
    expect(new Set(rows.map((row) => row.code))).toEqual(new Set(['time_in_the_future']));
    expect(rows[0].reason).toBe(
      `time: received ${at(DAY + 1)}, expected ${at(DAY)} at the latest, a day after it was received`,
    );
  });

  it('storeBatch learns no user of a transaction that was rolled back', async () => {
    const { pool: own } = await migratedDatabase();
    const [one, users] = [subscription(), new KnownUsers()];
    const batch = { partition: 0, records: recordsOf([anEvent(), 'no event']) };
    await own.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON dead_letters FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    await expect(storeBatch(own, one, batch, undefined, 2n, users)).rejects.toThrow('not now');
    await own.query('DROP TRIGGER refuse ON dead_letters');
    await storeBatch(own, one, batch, undefined, 2n, users);
    await expectRollupsEqualEvents(own);
  });

  it('storeBatch keeps rollups equal to a recount, whatever is stored by whom in which order', async () => {
    const { pool: own } = await migratedDatabase('Australia/Lord_Howe');
    const users = new KnownUsers();
    const instant = fc.date({
      min: new Date('2019-12-30'),
      max: new Date('2020-04-10'),
      noInvalidDate: true,
    });
    const event = fc.record({
      order_id: fc.integer({ min: 0, max: 60 }).map((n) => n.toString(16).padStart(32, '0')),
      user_id: fc.integer({ min: 0, max: 9 }).map((n) => n.toString(16).padStart(32, 'a')),
      product: fc.constantFrom(...PRODUCTS),
      site_version: fc.constantFrom(...DEVICES),
      title: fc.constantFrom(...TITLES),
      time: instant.map((date) => date.toISOString()),
    });
    const batches = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.array(event, { maxLength: 12 })), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (list) => {
        const one = subscription();
        const next = new Map<number, bigint>();
        for (const [partition, drawn] of list) {
          const events: ShopEvent[] = drawn.map((fields) =>
            anEvent({ ...fields, target: fields.title === 'order' ? 1 : 0 }),
          );
          const from = next.get(partition);
          const to = (from ?? 0n) + BigInt(events.length);
          await storeBatch(own, one, { partition, records: recordsOf(events, from ?? 0n) }, from, to, users);
          next.set(partition, to);
        }
        await expectRollupsEqualEvents(own);
      }),
      { numRuns: 15 },
    );
  });

  it('storeBatch writes a batch of several processes at the same time without losing a count', async () => {
    const { pool: own } = await migratedDatabase();
    const one = subscription();
    const shared = Array.from({ length: 50 }, () => anEvent());
    await Promise.all(
      [0, 1, 2].map(async (partition) => {
        for (let batch = 0n; batch < 5n; batch += 1n) {
          const events = [
            ...shared.slice(Number(batch) * 10, Number(batch) * 10 + 10),
            ...Array.from({ length: 20 }, () => anEvent()),
          ];
          const expected = batch === 0n ? undefined : batch * 30n;
          await storeBatch(
            own,
            one,
            { partition, records: recordsOf(events, batch * 30n) },
            expected,
            (batch + 1n) * 30n,
          );
        }
      }),
    );
    expect(Number((await own.query('SELECT count(*) FROM events')).rows[0].count)).toBe(50 + 3 * 5 * 20);
    await expectRollupsEqualEvents(own);
  });
});
