// Would the chaos test notice? Storing is broken on purpose, in the ways that matter, and the same judge that the chaos
// test asks has to say so; the program's own storing passes under the very same schedule.
// Nothing here is left to chance: the records, and the moments of death and of repeated delivery, are fixed.

import { describe, expect, it } from 'vitest';
import { FencedError, readOffset } from '../../src/consumer/offsets.ts';
import type { KafkaRecord } from '../../src/consumer/record.ts';
import type { Pool } from '../../src/db/pool.ts';
import { DEVICES, type ShopEvent, TITLES } from '../../src/events/event.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { parseBatch } from '../../src/ingest/batch.ts';
import { copyOfDatabase, migratedDatabase, openTestPool } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import type { Acknowledged } from './load.ts';
import { seeded } from './random.ts';
import { asItIs, countsDelivered, offsetFirst, type Store, withoutConflicts } from './variants.ts';
import { judge, NOTHING_WRONG, type Verdict } from './verdict.ts';

const PARTITIONS = [0, 1, 2];
const RECORDS = 120;
const BATCH = 10;
const subscription = { clusterId: 'broken', group: 'ingest', topic: 'ecommerce' };

/** By partition, the batch before whose rows the process dies. */
const DEATHS = new Map([
  [0, 3],
  [2, 7],
]);
/** By partition, the batch that is delivered a second time to a process that does not know it was stored. */
const REPEATS = new Map([
  [0, 5],
  [1, 8],
]);

/** What Kafka has: events, some of them sent twice, and messages that are no events. */
function records(): { readonly log: readonly KafkaRecord[][]; readonly acknowledged: Acknowledged } {
  const random = seeded(11);
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]) =>
    list[Math.floor(random() * list.length)] as T;
  const users = Array.from({ length: 20 }, (_, n) => n.toString(16).padStart(32, 'a'));
  const acknowledged: Acknowledged = { events: new Map(), malformed: new Set(), rivals: [], sends: 0 };
  const draw = (id: number): ShopEvent | string => {
    if (random() < 0.05) return `{"broken": ${id}`;
    const earlier = [...acknowledged.events.values()];
    if (earlier.length > 0 && random() < 0.04) {
      const rival = { ...pick(earlier), page_id: id.toString(16).padStart(32, 'b') };
      acknowledged.rivals.push(rival);
      return rival;
    }
    if (earlier.length > 0 && random() < 0.1) return pick(earlier);
    const fields = { product: pick(PRODUCTS), site_version: pick(DEVICES), title: pick(TITLES) };
    return anEvent({ order_id: id.toString(16).padStart(32, '0'), user_id: pick(users), ...fields });
  };
  const log = PARTITIONS.map((partition) =>
    Array.from({ length: RECORDS }, (_, offset) => {
      const sent = draw(partition * RECORDS + offset);
      acknowledged.sends += 1;
      if (typeof sent === 'string') acknowledged.malformed.add(sent);
      else if (!acknowledged.rivals.includes(sent)) acknowledged.events.set(sent.order_id, sent);
      const value = Buffer.from(typeof sent === 'string' ? sent : JSON.stringify(sent));
      return { offset: BigInt(offset), timestamp: Date.now(), key: null, value };
    }),
  );
  return { log, acknowledged };
}

/** A process's connections, cut at the first COPY of events, as a SIGKILL at that moment would. */
function dyingPool(url: string): Pool {
  const pool = openTestPool(url);
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const guarded = (asked: unknown, ...rest: unknown[]) => {
      const isCopy =
        typeof asked === 'object' &&
        asked !== null &&
        'text' in asked &&
        /^COPY (events|staging) /.test(String(asked.text));
      if (!isCopy) return query(asked, ...rest);
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      throw new Error('the process died');
    };
    client.query = guarded as typeof client.query;
  });
  return pool;
}

/** Delivers every record by the schedule: after a death, a new process goes on where Postgres stands. */
async function consume(url: string, log: readonly KafkaRecord[][], store: Store): Promise<void> {
  const living = openTestPool(url);
  for (const [partition, all] of log.entries()) {
    const deliver = (pool: Pool, from: number, expected: bigint | undefined) => {
      const batch = parseBatch({ partition, records: all.slice(from, from + BATCH) });
      return store(pool, subscription, batch, expected, BigInt(from + BATCH));
    };
    let died = false;
    for (;;) {
      const expected = await readOffset(living, subscription, partition);
      const from = Number(expected ?? 0);
      if (from >= all.length) break;
      const number = from / BATCH;
      if (number === DEATHS.get(partition) && !died) {
        died = true;
        await expect(deliver(dyingPool(url), from, expected)).rejects.toThrow();
        continue;
      }
      await deliver(living, from, expected);
      if (number !== REPEATS.get(partition)) continue;
      // A zombie's delivery: it read the offset before the batch was stored. Ingest drops what is fenced.
      await deliver(living, from, expected).catch((error) => {
        if (!(error instanceof FencedError)) throw error;
      });
    }
  }
}

/** A database in which all records were stored. */
async function storedBy(store: Store, prepare: (pool: Pool) => Promise<unknown> = async () => {}) {
  const { url, pool } = await migratedDatabase();
  await prepare(pool);
  const { log, acknowledged } = records();
  await consume(url, log, store);
  return { url, pool, acknowledged };
}

async function verdictOf(...how: Parameters<typeof storedBy>): Promise<Verdict> {
  const { pool, acknowledged } = await storedBy(...how);
  return judge(pool, acknowledged);
}

let whole: ReturnType<typeof storedBy> | undefined;

/** The verdict on storing as it is, of which something is spoiled afterwards. */
async function verdictOnSpoiled(spoil: (pool: Pool) => Promise<unknown>): Promise<Verdict> {
  whole ??= storedBy(asItIs);
  const { url, acknowledged } = await whole;
  const pool = await copyOfDatabase(url);
  await spoil(pool);
  return judge(pool, acknowledged);
}

/** The key without which a row can be there twice. */
const dropKeys = (pool: Pool) => pool.query('ALTER TABLE events DROP CONSTRAINT events_pkey');

describe('the judge of the chaos test', () => {
  it('finds nothing wrong with storing as it is, under deaths and repeated deliveries', async () => {
    const verdict = await verdictOf(asItIs);
    expect(verdict).toMatchObject(NOTHING_WRONG);
    expect(verdict.stored + verdict.setAside).toBe(verdict.acknowledged);
  });

  it('finds the batches lost whose offset was committed before their rows', async () => {
    const verdict = await verdictOf(offsetFirst);
    expect(verdict.lost).toBeGreaterThan(BATCH);
    expect(verdict.stored + verdict.setAside).toBe(verdict.acknowledged - verdict.lost);
    expect(verdict).toMatchObject({ doubled: 0, wrongViews: [] });
  });

  it('finds the rows doubled that were inserted without a conflict clause', async () => {
    const verdict = await verdictOf(withoutConflicts, dropKeys);
    expect(verdict.doubled).toBeGreaterThan(BATCH);
    expect(verdict.lost).toBe(0);
  });

  it('finds the charts wrong that count what was delivered instead of what was inserted', async () => {
    const verdict = await verdictOf(countsDelivered);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0 });
    expect(verdict.wrongViews).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^daily_counts/),
        expect.stringMatching(/^daily_devices/),
      ]),
    );
  });

  it.each([
    [
      'a letter lost',
      `DELETE FROM dead_letters WHERE id = (SELECT min(id) FROM dead_letters WHERE code = 'not_json')`,
      { lost: 1 },
    ],
    [
      'a letter doubled',
      `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, payload)
       SELECT cluster_id, topic, "partition", "offset", code, reason, payload FROM dead_letters WHERE code = 'not_json' LIMIT 1`,
      { doubled: 1 },
    ],
    [
      'an event lost',
      'DELETE FROM events WHERE order_id = (SELECT min(order_id::text)::uuid FROM events)',
      { lost: 1 },
    ],
  ])('finds %s', async (_what, breakIt, wrong) => {
    const verdict = await verdictOnSpoiled(async (pool) => {
      await dropKeys(pool);
      await pool.query(breakIt);
    });
    expect(verdict).toMatchObject(wrong);
  });

  it.each([
    ['page_id', 'order_id'],
    ['user_id', 'page_id'],
    ['"time"', `"time" + interval '1 ms'`],
    ['site_version', `CASE site_version WHEN 'mobile' THEN 'desktop' ELSE 'mobile' END::site_version`],
    ['product', `CASE product WHEN 'clothes' THEN 'sneakers' ELSE 'clothes' END::product`],
  ])('finds every row changed that has another %s', async (column, value) => {
    const verdict = await verdictOnSpoiled((pool) => pool.query(`UPDATE events SET ${column} = ${value}`));
    expect(verdict.changed.length).toBeGreaterThanOrEqual(verdict.stored);
  });

  it.each([
    ['day_counts', 'count', ['daily_counts', 'daily_devices', '(SELECT day']],
    ['hour_orders', 'count', ['orders_per_hour', '(SELECT hour']],
    ['year_users', 'users', ['users_per_device', '(SELECT year']],
    ['minute_counts', 'count', ['orders_per_minute', '(SELECT minute']],
  ])('finds the views wrong that show %s', async (table, column, views) => {
    const verdict = await verdictOnSpoiled((pool) =>
      pool.query(`UPDATE ${table} SET ${column} = ${column} + 1`),
    );
    expect(verdict.wrongViews.map((problem) => views.find((view) => problem.startsWith(view)))).toEqual(
      expect.arrayContaining(views),
    );
    expect(verdict.wrongViews).toHaveLength(views.length);
  });
});
