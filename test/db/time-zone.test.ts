import { describe, expect, it } from 'vitest';
import { migrate, migrateWithRetries } from '../../src/db/migrate.ts';
import { transaction } from '../../src/db/pool.ts';
import { firstKnown, readTimeZone, useTimeZone } from '../../src/db/time-zone.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { storeBatch } from '../../src/ingest/store.ts';
import { migratedDatabase, openTestPool, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

const subscription = { clusterId: 'test', group: 'test', topic: 'ecommerce' };

/** Stores events as ingest does, as one batch from `first` on. */
async function store(
  pool: ReturnType<typeof openTestPool>,
  events: readonly ShopEvent[],
  first = 0n,
): Promise<void> {
  const records = events.map((event, index) => ({
    offset: first + BigInt(index),
    timestamp: 0,
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));
  await storeBatch(
    pool,
    subscription,
    { partition: 0, records },
    first === 0n ? undefined : first,
    first + BigInt(events.length),
  );
}

const at = (time: string) => anEvent({ time, title: 'order' });

/** Moments at which zones disagree about the day or the year. */
const HISTORY = [
  '2018-12-31T23:30:00.000Z',
  '2019-01-01T04:30:00.000Z',
  '2019-03-10T06:59:59.999Z',
  '2019-03-10T07:00:00.000Z',
  '2019-03-31T00:59:00.000Z',
  '2019-03-31T01:00:00.000Z',
  '2019-10-27T00:30:00.000Z',
  '2019-10-27T01:30:00.000Z',
  '2019-12-31T10:30:00.000Z',
  '2019-12-31T23:30:00.000Z',
].map(at);

describe('the time zone of a database', () => {
  it.each([
    'America/New_York',
    'Europe/Berlin',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Asia/Kathmandu',
    'UTC',
  ])('the time zone of a database counts days and years again where it becomes %s', async (zone) => {
    const { pool } = await migratedDatabase('Asia/Tokyo');
    await store(pool, HISTORY);
    await expectRollupsEqualEvents(pool);
    await migrate(pool, testLog, zone);
    expect(await readTimeZone(pool)).toBe(zone);
    await expectRollupsEqualEvents(pool);
    await store(
      pool,
      [at('2019-12-31T12:00:00.000Z'), at('2019-12-31T23:59:59.999Z')],
      BigInt(HISTORY.length),
    );
    await expectRollupsEqualEvents(pool);
  });

  it('the time zone of a database puts an event on the day of 23 or 25 hours that it belongs to', async () => {
    const { pool } = await migratedDatabase('Europe/Berlin');
    await store(
      pool,
      [
        '2019-03-30T23:00:00.000Z',
        '2019-03-31T21:59:59.999Z',
        '2019-03-31T22:00:00.000Z',
        '2019-10-26T22:00:00.000Z',
        '2019-10-27T22:59:59.999Z',
      ].map(at),
    );
    const { rows } = await pool.query(
      'SELECT day, sum(count)::int AS count FROM daily_counts GROUP BY 1 ORDER BY 1',
    );
    expect(rows).toEqual([
      { day: '2019-03-31', count: 2 },
      { day: '2019-04-01', count: 1 },
      { day: '2019-10-27', count: 2 },
    ]);
  });

  it('the time zone of a database is UTC where the machine’s, which nobody chose, is none of the server’s', async () => {
    const { pool } = await migratedDatabase('Europe/Berlin');
    await pool.query(`DELETE FROM settings WHERE name = 'time_zone'`);
    await useTimeZone(pool, testLog, undefined, 'Mars/Olympus');
    expect(await readTimeZone(pool)).toBe('UTC');
    await expect(useTimeZone(pool, testLog, 'Mars/Olympus', 'UTC')).rejects.toThrow('TIME_ZONE');
  });

  it('the time zone of a database loses and doubles nothing of what is stored while it changes', async () => {
    const { url, pool } = await migratedDatabase('UTC');
    const other = openTestPool(url);
    const write = async () => {
      for (let n = 0; n < 30; n++)
        await store(pool, [at('2019-06-01T23:30:00.000Z'), at('2019-12-31T23:30:00.000Z')], BigInt(n * 2));
    };
    const change = async () => {
      for (const zone of ['Asia/Tokyo', 'America/New_York', 'Europe/Berlin'])
        await migrate(other, testLog, zone);
    };
    await Promise.all([write(), change()]);
    await expectRollupsEqualEvents(pool);
    expect((await pool.query('SELECT sum(count)::int AS count FROM daily_counts')).rows).toEqual([
      { count: 60 },
    ]);
  });

  it('the time zone of a database stays as it is where the server does not know the new one', async () => {
    const { url, pool } = await migratedDatabase('Asia/Tokyo');
    await store(pool, HISTORY);
    await expect(migrateWithRetries(url, testLog, 'Mars/Olympus').ready).rejects.toMatchObject({
      code: 'TIME_ZONE_UNKNOWN',
      message: expect.stringMatching(
        /^TIME_ZONE: received "Mars\/Olympus", which this PostgreSQL does not know/,
      ),
    });
    expect(await readTimeZone(pool)).toBe('Asia/Tokyo');
    await expectRollupsEqualEvents(pool);
  });

  it('the time zone of a database is tried by its other names where the server does not know the given one, and is kept as it is given else', async () => {
    const { pool } = await migratedDatabase('Asia/Kolkata');
    expect(await readTimeZone(pool)).toBe('Asia/Kolkata');
    await transaction(pool, async (client) => {
      expect(await firstKnown(client, ['Mars/Olympus', 'Asia/Kolkata'])).toBe('Asia/Kolkata');
      expect(await firstKnown(client, ['Mars/Olympus', 'Mars/Calcutta'])).toBeUndefined();
    });
    // The same zone under its other name: nothing is counted again, and the name stays.
    await migrate(pool, testLog, 'Asia/Calcutta');
    expect(await readTimeZone(pool)).toBe('Asia/Kolkata');
  });

  it('the time zone of a database may be any that this Node knows', async () => {
    const { pool } = await migratedDatabase();
    const { rows } = await pool.query(
      `SELECT name FROM unnest($1::text[]) AS name WHERE name NOT IN (SELECT name FROM pg_timezone_names)`,
      [[...Intl.supportedValuesOf('timeZone'), 'UTC']],
    );
    expect(rows).toEqual([]);
  });
});
