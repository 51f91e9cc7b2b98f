// An event's way from its row in Postgres to the live panels, with all that visitors and their browsers may say.

import { beforeAll, expect, it } from 'vitest';
import { EVENT, type EventRow, eventOf, storedOf } from '../../../src/dashboard/live/event-row.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase('UTC')).pool;
});

const TIME = '2026-03-10T12:34:56.789Z';
const APPENDED = '2026-03-10T12:34:57.123Z';

/** Stores an event, and reads it back. */
async function readBack(context: unknown, storedIn: string | null = '4711') {
  const [orderId, userId] = [newId(), newId()];
  await pool.query(
    `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target, "partition", "offset", appended_at, stored_at, topic, context, stored_in)
     VALUES ($1, $2, $1, 'sports_nutrition', 'mobile', $3, 'banner_click', 0, 2, 9007199254740993, $4, now(), 'ecommerce', $5, $6)`,
    [orderId, userId, TIME, APPENDED, context, storedIn],
  );
  const { rows } = await pool.query<EventRow>(`SELECT ${EVENT} FROM events WHERE order_id = $1`, [orderId]);
  const [row] = rows;
  if (row === undefined) throw new Error('the event was not stored');
  return { orderId, userId, ...storedOf(row) };
}

const PLAIN = {
  title: 'banner_click',
  product: 'sports_nutrition',
  siteVersion: 'mobile',
  timeMs: Date.parse(TIME),
  arrivedMs: Date.parse(APPENDED),
  topic: 'ecommerce',
  partition: 2,
  offset: '9007199254740993',
};

it('reads what was stored, with all that a context says', async () => {
  const context = {
    item: 'tote',
    ip: '203.0.113.9',
    user_agent: 'Mozilla/5.0',
    device_type: 'tablet',
    bot: true,
    simulated: true,
  };
  const { orderId, userId, event, storedIn } = await readBack(context);
  expect(event).toStrictEqual({
    ...PLAIN,
    orderId,
    userId,
    item: 'tote',
    ip: '203.0.113.9',
    userAgent: 'Mozilla/5.0',
    deviceType: 'tablet',
    robot: true,
    simulated: true,
  });
  expect(storedIn).toBe('4711');
});

it.each([
  ['without a context', null],
  ['with an empty one', {}],
  ['with one that says null', { item: null, ip: null, user_agent: null, device_type: null }],
])('reads an event %s', async (_, context) => {
  const { orderId, userId, event } = await readBack(context);
  const untold = { item: undefined, ip: undefined, userAgent: undefined, deviceType: undefined };
  expect(event).toStrictEqual({ ...PLAIN, orderId, userId, ...untold, robot: false, simulated: false });
});

it.each(['\t', '\n', '\\', '"', '\\t', 'null', '', '\u2028', '👟 \u0001'])(
  'reads a text as it is: %j',
  async (text) => {
    const { event } = await readBack({ item: `a${text}b`, user_agent: text });
    expect([event.item, event.userAgent]).toEqual([`a${text}b`, text]);
    expect(event.topic).toBe('ecommerce');
  },
);

it('a row of before transactions were noted has none', async () => {
  expect((await readBack({ item: 'tote' }, null)).storedIn).toBeUndefined();
});

it('a row without a place in Kafka has its fields nevertheless', async () => {
  const id = newId();
  await pool.query(
    `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target, stored_at, context)
     VALUES ($1, $1, $1, 'clothes', 'desktop', $2, 'order', 1, now(), '{"item": "tote"}')`,
    [id, TIME],
  );
  const { rows } = await pool.query<EventRow>(`SELECT ${EVENT} FROM events WHERE order_id = $1`, [id]);
  const [event] = rows.map(eventOf);
  expect(event).toMatchObject({ orderId: id, item: 'tote', topic: '', partition: -1, offset: '-1' });
});
