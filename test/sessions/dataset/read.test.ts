// Sessions of loaded files as they are asked for: by days of the shop's time zone, and those behind one half hour.

import { expect, it } from 'vitest';
import { countDatasetSessions } from '../../../src/sessions/dataset/count.ts';
import { listBegun, readExtent, readHalfHours } from '../../../src/sessions/dataset/read.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { migratedDatabase } from '../../support/database.ts';
import { NOON, put } from './loaded.ts';

const VISITOR = '80000000-0000-4000-8000-000000000001';
const HALF_HOUR = 1_800_000;
const iso = (ms: number) => new Date(ms).toISOString();
const loaded = (times: readonly number[], visitor = VISITOR) =>
  times.map((ms) => ({ visitor, ms, live: false }));

it('nothing is loaded in a new database', async () => {
  const { pool } = await migratedDatabase();
  expect(await readExtent(pool)).toBeUndefined();
  expect(await listBegun(pool, NOON, 10)).toEqual([]);
  const rows = await readHalfHours(pool, { from: '2019-05-01', to: '2019-05-02' });
  expect(rows).toHaveLength(48);
  expect(rows[0]).toEqual({
    from: '2019-05-01T00:00:00.000Z',
    to: '2019-05-01T00:30:00.000Z',
    sessions: 0,
    single: 0,
    events: 0,
    duration_ms: 0,
  });
});

it('the sessions that began in a half hour have all their events, also those after it, and no session of before', async () => {
  const { pool } = await migratedDatabase();
  const other = '00000000-0000-4000-8000-000000000002';
  await put(pool, [
    // Began before noon, and is there in the half hour.
    ...loaded([NOON - 60_000, NOON + 60_000], other),
    ...loaded([NOON, NOON + GAP_MS - 1_000, NOON + HALF_HOUR + 60_000]),
    { visitor: VISITOR, ms: NOON + 2_000, live: true },
    ...loaded([NOON + HALF_HOUR], '40000000-0000-4000-8000-000000000003'),
  ]);
  const one = (visitor: string, from: number, to: number, events: number) => ({
    user_id: visitor.replaceAll('-', ''),
    started_at: iso(from),
    ended_at: iso(to),
    events,
  });
  expect(await listBegun(pool, NOON, 10)).toEqual([one(VISITOR, NOON, NOON + HALF_HOUR + 60_000, 3)]);
  expect(await listBegun(pool, NOON - HALF_HOUR, 10)).toEqual([one(other, NOON - 60_000, NOON + 60_000, 2)]);
});

it('the sessions that began in a half hour are listed by their beginning, as many as are wanted', async () => {
  const { pool } = await migratedDatabase();
  const visitors = [1, 3, 2].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
  const [late = '', ...early] = visitors;
  await put(pool, [...loaded([NOON + 5_000], late), ...early.flatMap((visitor) => loaded([NOON], visitor))]);
  const listed = async (most: number) =>
    (await listBegun(pool, NOON, most)).map(({ user_id }) => Number(user_id.at(-1)));
  expect(await listed(10)).toEqual([2, 3, 1]);
  expect(await listed(2)).toEqual([2, 3]);
});

it('a session that begins exactly a gap after another one is listed by itself', async () => {
  const { pool } = await migratedDatabase();
  await put(pool, loaded([NOON, NOON + GAP_MS, NOON + 2 * GAP_MS - 1_000]));
  expect(await listBegun(pool, NOON + GAP_MS, 10)).toEqual([
    {
      user_id: VISITOR.replaceAll('-', ''),
      started_at: new Date(NOON + GAP_MS).toISOString(),
      ended_at: new Date(NOON + 2 * GAP_MS - 1_000).toISOString(),
      events: 2,
    },
  ]);
});

it('sessions of loaded files are on one day each where midnight comes twice', async () => {
  const { pool } = await migratedDatabase('America/Havana');
  // Both are half past midnight of 4 November; an hour after midnight the clocks go back to it.
  const times = ['2018-11-04T04:30:00.000Z', '2018-11-04T05:30:00.000Z'];
  await put(
    pool,
    times.map((time) => ({ visitor: VISITOR, ms: Date.parse(time), live: false })),
  );
  await countDatasetSessions(pool);
  const [before, day] = [
    await readHalfHours(pool, { from: '2018-11-03', to: '2018-11-04' }),
    await readHalfHours(pool, { from: '2018-11-04', to: '2018-11-05' }),
  ];
  expect([before.length, day.length]).toEqual([48, 50]);
  expect(before.filter(({ sessions }) => sessions > 0)).toEqual([]);
  expect(day.filter(({ sessions }) => sessions > 0).map(({ from }) => from)).toEqual(times);
});

it('sessions of loaded files are asked by days of the shop’s time zone, half hours of UTC, zeros included', async () => {
  const { pool } = await migratedDatabase('Asia/Kathmandu');
  // Midnight there is 18:15 in UTC.
  const midnight = Date.UTC(2019, 4, 1, 18, 15);
  await put(pool, loaded([midnight - 1_000, midnight + 3 * 3_600_000]));
  await countDatasetSessions(pool);
  expect(await readExtent(pool)).toEqual({ from: '2019-05-01', to: '2019-05-03' });
  const day = await readHalfHours(pool, { from: '2019-05-02', to: '2019-05-03' });
  expect(day).toHaveLength(49);
  expect(day[0]?.from).toBe('2019-05-01T18:00:00.000Z');
  expect(day.filter(({ sessions }) => sessions > 0).map(({ from }) => from)).toEqual([
    '2019-05-01T18:00:00.000Z',
    '2019-05-01T21:00:00.000Z',
  ]);
});
