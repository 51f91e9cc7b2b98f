// Sessions of a batch and its offset, in one transaction, and what pages are told of it.

import pg from 'pg';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { FencedError, readOffset } from '../../../src/consumer/offsets.ts';
import type { RecordBatch } from '../../../src/consumer/record.ts';
import { CHANGE_CHANNEL } from '../../../src/db/change.ts';
import type { Pool } from '../../../src/db/pool.ts';
import type { ShopEvent } from '../../../src/events/event.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { sessionsHandler } from '../../../src/sessions/live/handler.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';

const ingest = { clusterId: 'c', group: 'ingest', topic: 'ecommerce' };
const own = { ...ingest, group: 'sessions' };
const [NOW, MINUTE] = [Date.now(), 60_000];

let pool: Pool;
let url: string;
beforeEach(async () => {
  ({ pool, url } = await migratedDatabase());
});

const handler = () =>
  sessionsHandler(
    pool,
    own,
    { subscription: ingest, reached: async () => {} },
    new AbortController().signal,
    () => {},
  );

/** Stores an event as ingest does; the batch that its followers get. */
async function stored(offset: bigint, event: ShopEvent): Promise<RecordBatch> {
  const value = Buffer.from(JSON.stringify(event));
  const batch = { partition: 0, records: [{ offset, timestamp: NOW, key: null, value }] };
  await storeBatch(pool, ingest, batch, offset === 0n ? undefined : offset, offset + 1n);
  return batch;
}

const ofVisitor = (user_id: string, ago: number) =>
  anEvent({ user_id, time: new Date(NOW - ago * MINUTE).toISOString() });

const sessions = async () =>
  (await pool.query('SELECT events, revision FROM session_rows ORDER BY started_ms')).rows;

it('a batch moves the offset with the sessions that it changes, also past events that make none', async () => {
  const { user_id } = anEvent();
  const { store } = handler();
  const first = await stored(0n, ofVisitor(user_id, 10));
  await store(first, { expected: undefined, next: 1n });
  await store(await stored(1n, ofVisitor(user_id, 5)), { expected: 1n, next: 2n });
  expect(await sessions()).toEqual([{ events: 2, revision: 2 }]);
  const nothing = { partition: 0, records: [{ offset: 2n, timestamp: NOW, key: null, value: null }] };
  expect(await store(nothing, { expected: 2n, next: 3n })).toBe(0);
  expect(await readOffset(pool, own, 0)).toBe(3n);
});

it('no session is written where another consumer has moved the offset, at the first batch too', async () => {
  const { user_id } = anEvent();
  const { store } = handler();
  const first = await stored(0n, ofVisitor(user_id, 10));
  await store(first, { expected: undefined, next: 1n });
  const before = await sessions();
  for (const expected of [undefined, 0n, 5n])
    await expect(store(first, { expected, next: 1n })).rejects.toThrow(FencedError);
  expect(await sessions()).toEqual(before);
  expect((await pool.query('SELECT count(*) FROM session_revisions')).rows[0].count).toBe(1);
  expect(await readOffset(pool, own, 0)).toBe(1n);
});

it('pages are told of sessions that begin or change their place, not of those that go on', async () => {
  const told: string[] = [];
  const listener = new pg.Client(url);
  await listener.connect();
  onTestFinished(() => listener.end());
  listener.on('notification', ({ payload = '' }) => told.push(payload));
  await listener.query(`LISTEN ${CHANGE_CHANNEL}`);
  const heard = async (next: bigint) => {
    const own = told.filter((payload) => payload.includes('"group":"sessions"'));
    return own.some((payload) => payload.includes(`"next":"${next}"`));
  };
  const { user_id } = anEvent();
  const { store } = handler();
  const events = [10, 5, 12, 0].map((ago) => ofVisitor(user_id, ago));
  for (const [index, event] of events.entries()) {
    const offset = BigInt(index);
    const batch = await stored(offset, event);
    await store(batch, { expected: offset === 0n ? undefined : offset, next: offset + 1n });
  }
  const [opened, continued, late, again] = [1n, 2n, 3n, 4n];
  // What is told comes in the order of the commits: behind the late one, what was told before it is there.
  await eventually(() => heard(late));
  expect([await heard(opened), await heard(continued)]).toEqual([true, false]);
  await pool.query(`NOTIFY ${CHANGE_CHANNEL}, 'last'`);
  await eventually(() => told.includes('last'));
  expect(await heard(again)).toBe(false);
});
