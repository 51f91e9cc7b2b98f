import { beforeAll, expect, it } from 'vitest';
import { dayExtent, finishedLoads } from '../../../src/dashboard/charts/extent.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { ingested } from '../../support/ingested.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

it('the extent is that of the days with events, up to a day ahead of today', async () => {
  expect(await dayExtent(pool, '2026-03-02')).toBeUndefined();
  const on = (day: string) => anEvent({ time: `${day}T12:00:00.000Z` });
  await ingested(pool, [on('2026-03-01'), on('2026-02-27'), on('2026-03-03'), on('2026-03-04')]);
  expect(await dayExtent(pool, '2026-03-01')).toEqual({ first: '2026-02-27', last: '2026-03-01' });
  expect(await dayExtent(pool, '2026-03-02')).toEqual({ first: '2026-02-27', last: '2026-03-03' });
  expect(await dayExtent(pool, '2026-03-03')).toEqual({ first: '2026-02-27', last: '2026-03-04' });
  expect(await dayExtent(pool, '2026-02-25')).toBeUndefined();
});

it('loads are those that have finished, the newest first, twenty at most', async () => {
  expect(await finishedLoads(pool)).toEqual([]);
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO loads (source, sample, rows, rejected, started_at, finished_at)
     SELECT 'file ' || n, false, n, 0, now(), CASE WHEN n <> 5 THEN timestamptz '2026-03-02' + n * interval '1 s' END
     FROM generate_series(1, 22) AS n RETURNING id`,
  );
  expect(rows).toHaveLength(22);
  const names = (await finishedLoads(pool)).map(({ source }) => source);
  expect(names).toEqual(
    [22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 4, 3, 2].map((n) => `file ${n}`),
  );
});
