// Sessions of loaded files: found by Postgres, by DuckDB and by a plain second implementation, and kept up with what is loaded.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadFile } from '../../../seed/load.ts';
import { HEADER } from '../../../seed/published.ts';
import { loadSample } from '../../../seed/sample.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { countDatasetSessions, isCounted } from '../../../src/sessions/dataset/count.ts';
import { listBegun, readExtent, readHalfHours } from '../../../src/sessions/dataset/read.ts';
import { verifyDataset } from '../../../src/sessions/dataset/verify.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { fileOf, replicaFile, rowsOf } from '../../seed/support.ts';
import { runHere } from '../../support/command.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { plainSessions } from '../batch/plain.ts';

const NOON = Date.UTC(2019, 4, 1, 12);

type Event = { readonly visitor: string; readonly ms: number; readonly live: boolean };
type Figures = { sessions: number; single: number; events: number; duration_ms: number };

/** Makes these the only events, loaded ones but for those that are said to be live, under a load that was not counted. */
async function put(pool: Pool, events: readonly Event[]): Promise<void> {
  await pool.query('TRUNCATE events');
  await pool.query(
    `INSERT INTO events (order_id, user_id, page_id, product, site_version, "time", title, target, stored_at)
     SELECT gen_random_uuid(), visitor, gen_random_uuid(), 'clothes', 'mobile', to_timestamp(ms / 1000.0), 'banner_show', 0,
       CASE WHEN live THEN now() END
     FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS e (visitor, ms, live)`,
    [events.map(({ visitor }) => visitor), events.map(({ ms }) => ms), events.map(({ live }) => live)],
  );
  await pool.query(`INSERT INTO loads (source, sample, finished_at) VALUES ('test', false, now())`);
}

async function stored(pool: Pool): Promise<Map<number, Figures>> {
  const { rows } = await pool.query<Figures & { half_hour: Date }>(
    'SELECT half_hour, sessions, single, events, duration_ms FROM dataset_half_hours',
  );
  return new Map(rows.map(({ half_hour, ...figures }) => [half_hour.getTime(), figures]));
}

/** By the second implementation of the rule, which shares nothing with the SQL. */
function plainly(events: readonly Event[]): Map<number, Figures> {
  const clicks = events
    .filter(({ live }) => !live)
    .map(({ visitor, ms }) => ({
      anonymous_id: visitor,
      device_sent_timestamp: ms,
      browser_family: '',
      os_family: '',
      device_family: '',
    }));
  const figures = new Map<number, Figures>();
  for (const session of plainSessions([{ name: 'all', clicks }], GAP_MS)) {
    const times = session.clicks.map((click) => click.device_sent_timestamp);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    const halfHour = first - (first % 1_800_000);
    const known = figures.get(halfHour) ?? { sessions: 0, single: 0, events: 0, duration_ms: 0 };
    figures.set(halfHour, {
      sessions: known.sessions + 1,
      single: known.single + (times.length === 1 ? 1 : 0),
      events: known.events + times.length,
      duration_ms: known.duration_ms + last - first,
    });
  }
  return figures;
}

const anyEvent: fc.Arbitrary<Event> = fc.record({
  // One in each part that is counted by itself, and two whose ids are nearly the same.
  visitor: fc
    .constantFrom('00', '3f', '40', '7f', '80', 'ff')
    .map((start) => `${start}000000-0000-4000-8000-000000000001`),
  ms: fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1_000, 0, 0, 1_000, 700_000))
    .map(([gaps, more]) => NOON + gaps * GAP_MS + more),
  live: fc.boolean(),
});

it('sessions of loaded files are those of a plain second implementation, with ties, exact gaps, midnight and live events between', async () => {
  const { pool } = await migratedDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 60 }), async (events) => {
      await put(pool, events);
      await countDatasetSessions(pool);
      expect(await stored(pool)).toEqual(plainly(events));
    }),
    { numRuns: 60 },
  );
});

it('a visit of exactly the gap is two sessions, and one of a second less is one', async () => {
  const { pool } = await migratedDatabase();
  const visitor = '80000000-0000-4000-8000-000000000001';
  const times = [NOON, NOON + GAP_MS, NOON + 2 * GAP_MS - 1_000];
  await put(
    pool,
    times.map((ms) => ({ visitor, ms, live: false })),
  );
  await countDatasetSessions(pool);
  expect(await stored(pool)).toEqual(
    new Map([
      [NOON, { sessions: 1, single: 1, events: 1, duration_ms: 0 }],
      [NOON + GAP_MS, { sessions: 1, single: 0, events: 2, duration_ms: GAP_MS - 1_000 }],
    ]),
  );
  expect(await listBegun(pool, NOON + GAP_MS, 10)).toEqual([
    {
      user_id: visitor.replaceAll('-', ''),
      started_at: new Date(NOON + GAP_MS).toISOString(),
      ended_at: new Date(NOON + 2 * GAP_MS - 1_000).toISOString(),
      events: 2,
    },
  ]);
});

it('sessions of loaded files are DuckDB’s of the same events, and a half hour that was changed is named', async () => {
  const { pool, url } = await migratedDatabase();
  await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
  const verified = await verifyDataset(pool);
  expect(verified).toMatchObject({ events: 26_000, differences: [] });
  expect(verified.sessions).toBe(
    [...(await stored(pool)).values()].reduce((sum, one) => sum + one.sessions, 0),
  );
  const { rows } = await pool.query<{ half_hour: Date }>(
    `UPDATE dataset_half_hours SET single = single + 1
     WHERE half_hour = (SELECT min(half_hour) FROM dataset_half_hours) RETURNING half_hour`,
  );
  const [changed] = (await verifyDataset(pool)).differences;
  expect(changed?.from).toBe(rows[0]?.half_hour.toISOString());
  expect(changed?.stored?.single).toBe((changed?.found?.single ?? 0) + 1);
  const settings = { DATABASE_URL: url, DATA_DIR: temporaryFolder(), LOG_LEVEL: 'warn' };
  const told = await runHere(['sessions', 'verify', '--source', 'dataset'], settings);
  expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining('1 differences') });
  await pool.query('DELETE FROM dataset_half_hours');
  expect((await verifyDataset(pool)).differences.length).toBeGreaterThan(1_000);
}, 240_000);

it('sessions of loaded files go with the sample, and come with a file and with what is added to it', async () => {
  const { pool, url } = await migratedDatabase();
  await loadSample(pool, testLog);
  expect(await isCounted(pool)).toBe(true);
  const file = await replicaFile(25_000);
  const settings = { DATABASE_URL: url, DATA_DIR: temporaryFolder(), LOG_LEVEL: 'warn' };
  expect(await runHere(['seed', file], settings)).toMatchObject({ code: 0 });
  expect(await verifyDataset(pool)).toMatchObject({ events: 25_000, differences: [] });
  await loadFile({
    pool,
    log: testLog,
    file: await fileOf(`${[HEADER, ...rowsOf(500, 5_000_000)].join('\n')}\n`),
  });
  expect(await isCounted(pool)).toBe(false);
  expect(await verifyDataset(pool)).toMatchObject({ events: 25_500, differences: [] });
}, 240_000);

it('a counting that is cut off leaves what was there, and the next one does it', async () => {
  const { pool } = await migratedDatabase();
  const visitor = '00000000-0000-4000-8000-000000000001';
  await put(pool, [{ visitor, ms: NOON, live: false }]);
  await countDatasetSessions(pool);
  const before = await stored(pool);
  await put(pool, [{ visitor, ms: NOON + GAP_MS, live: false }]);
  const cutOff = countDatasetSessions(pool, (done) => {
    if (done >= 0.5) throw new Error('the process is gone');
  });
  await expect(cutOff).rejects.toThrow('the process is gone');
  expect(await stored(pool)).toEqual(before);
  expect(await isCounted(pool)).toBe(false);
  await Promise.all([countDatasetSessions(pool), countDatasetSessions(pool)]);
  expect([...(await stored(pool)).keys()]).toEqual([NOON + GAP_MS]);
});

it('sessions of loaded files are on one day each where midnight comes twice', async () => {
  const { pool } = await migratedDatabase('America/Havana');
  const visitor = '00000000-0000-4000-8000-000000000001';
  // Both are half past midnight of 4 November; an hour after midnight the clocks go back to it.
  const times = ['2018-11-04T04:30:00.000Z', '2018-11-04T05:30:00.000Z'];
  await put(
    pool,
    times.map((time) => ({ visitor, ms: Date.parse(time), live: false })),
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
  const visitor = '00000000-0000-4000-8000-000000000001';
  // Midnight there is 18:15 in UTC.
  const midnight = Date.UTC(2019, 4, 1, 18, 15);
  await put(pool, [
    { visitor, ms: midnight - 1_000, live: false },
    { visitor, ms: midnight + 3 * 3_600_000, live: false },
  ]);
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
