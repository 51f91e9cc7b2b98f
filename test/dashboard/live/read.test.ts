// What is read of the events that are stored while one looks, in whatever order their transactions commit.

import { beforeAll, expect, it } from 'vitest';
import { type ReadUpTo, readNew, readWindows, readWindowsAt } from '../../../src/dashboard/live/read.ts';
import type { Client, Pool } from '../../../src/db/pool.ts';
import type { EventContext } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { migratedDatabase } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase('UTC')).pool;
});

let offset = 0;

/** Stores an event; its order_id. */
async function store(client: Client | Pool, context: EventContext | null = null): Promise<string> {
  const id = newId();
  offset += 1;
  await client.query(
    `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target, "partition", "offset", appended_at, stored_at, topic, context)
     VALUES ($1, $1, $1, 'clothes', 'desktop', now(), 'banner_click', 0, 0, $2, now(), now(), 'ecommerce', $3)`,
    [id, offset, context],
  );
  return id;
}

const ids = (events: readonly { readonly orderId: string }[]) => events.map(({ orderId }) => orderId);
const now = () => Date.now() + 60_000;

it('each event is read once, also of a transaction that commits behind later ones', async () => {
  const { since } = await readWindows(pool, now(), undefined);
  const early = await pool.connect();
  await early.query('BEGIN');
  const first = await store(early);
  const second = await store(pool);
  const one = await readNew(pool, since.upTo);
  expect(ids(one.events)).toEqual([second]);
  const third = await store(pool);
  const two = await readNew(pool, one.upTo);
  expect(ids(two.events)).toEqual([third]);
  await early.query('COMMIT');
  early.release();
  const three = await readNew(pool, two.upTo);
  expect(ids(three.events)).toEqual([first]);
  expect(ids((await readNew(pool, three.upTo)).events)).toEqual([]);
});

it('windows that are read anew give the others what they have not read', async () => {
  const before: ReadUpTo = (await readWindows(pool, now(), undefined)).since.upTo;
  const stored = [await store(pool), await store(pool)];
  const { events, since } = await readWindows(pool, now(), before);
  expect(ids(since.events).toSorted()).toEqual(stored.toSorted());
  expect(ids(events)).toEqual(expect.arrayContaining(stored));
  expect(ids((await readNew(pool, since.upTo)).events)).toEqual([]);
});

it('the last events are read of those that are wanted, also behind many others', async () => {
  const own = (await migratedDatabase('UTC')).pool;
  const people = [await store(own), await store(own), await store(own)];
  for (let n = 0; n < 120; n += 1) await store(own, { bot: true });
  // What no window holds any more is read as one of the last.
  const hours = Date.now() + 5 * 3_600_000;
  const read = async (robots: 'exclude' | 'include' | 'only') => {
    const whose = { ...USUAL, robots };
    const now = await readWindows(own, hours, undefined, undefined, whose);
    const then = await readWindowsAt(own, hours, undefined, undefined, whose);
    expect(ids(then.events).toSorted()).toEqual(ids(now.events).toSorted());
    return ids(now.events);
  };
  expect((await read('exclude')).toSorted()).toEqual(people.toSorted());
  expect(await read('include')).toHaveLength(100);
  expect(await read('only')).toHaveLength(100);
});
