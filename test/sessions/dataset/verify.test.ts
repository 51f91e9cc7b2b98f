// Stored figures of loaded sessions beside those that DuckDB finds in the same events.

import { expect, it } from 'vitest';
import { loadFile } from '../../../seed/load.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { verifyDataset } from '../../../src/sessions/dataset/verify.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { replicaFile } from '../../seed/support.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { NOON, put, stored } from './loaded.ts';

const VISITOR = '80000000-0000-4000-8000-000000000001';

/** Three sessions in two half hours, and an event of the live stream. */
async function aDataset(): Promise<Pool> {
  const { pool } = await migratedDatabase();
  const event = (ms: number, visitor = VISITOR) => ({ visitor, ms, live: false });
  await put(pool, [
    event(NOON),
    event(NOON + GAP_MS),
    event(NOON + 2 * GAP_MS - 1_000),
    event(NOON + 1_000, '00000000-0000-4000-8000-000000000002'),
    { visitor: VISITOR, ms: NOON + 60_000, live: true },
  ]);
  return pool;
}

const NOON_FIGURES = { sessions: 2, single: 2, events: 2, duration_ms: 0 };
const LATER_FIGURES = { sessions: 1, single: 0, events: 2, duration_ms: GAP_MS - 1_000 };

it('a dataset whose sessions were never counted is counted first, and differs in nothing', async () => {
  const pool = await aDataset();
  expect(await verifyDataset(pool)).toEqual({ events: 4, sessions: 3, differences: [] });
  expect(await stored(pool)).toEqual(
    new Map([
      [NOON, NOON_FIGURES],
      [NOON + GAP_MS, LATER_FIGURES],
    ]),
  );
});

it('nothing that is loaded is no session and no difference', async () => {
  const { pool } = await migratedDatabase();
  expect(await verifyDataset(pool)).toEqual({ events: 0, sessions: 0, differences: [] });
});

it('each half hour that differs is named with both figures, and with null where one has none', async () => {
  const pool = await aDataset();
  await verifyDataset(pool);
  await pool.query(
    `UPDATE dataset_half_hours SET duration_ms = duration_ms + 1, half_hour = half_hour + interval '1 hour'
     WHERE half_hour > to_timestamp($1 / 1000.0)`,
    [NOON],
  );
  await pool.query('UPDATE dataset_half_hours SET single = 1 WHERE half_hour = to_timestamp($1 / 1000.0)', [
    NOON,
  ]);
  const from = (ms: number) => new Date(ms).toISOString();
  expect((await verifyDataset(pool)).differences).toEqual([
    { from: from(NOON), stored: { ...NOON_FIGURES, single: 1 }, found: NOON_FIGURES },
    { from: from(NOON + GAP_MS), stored: null, found: LATER_FIGURES },
    {
      from: from(NOON + GAP_MS + 3_600_000),
      stored: { ...LATER_FIGURES, duration_ms: LATER_FIGURES.duration_ms + 1 },
      found: null,
    },
  ]);
});

it('sessions of loaded files are DuckDB’s of the same events, and a half hour that was changed is named', async () => {
  const { pool } = await migratedDatabase();
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
  await pool.query('DELETE FROM dataset_half_hours');
  expect((await verifyDataset(pool)).differences.length).toBeGreaterThan(1_000);
}, 240_000);
