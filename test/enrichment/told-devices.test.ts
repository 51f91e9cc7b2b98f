// What pages have told of devices, in its table.

import { beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { readToldDevices, tellDevice } from '../../src/enrichment/told-devices.ts';
import { newId } from '../../src/events/ids.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
});

const at = (iso: string, userId: string) =>
  pool.query('UPDATE visitor_devices SET told_at = $1 WHERE user_id = $2', [iso, userId]);

it('a device is known by its visitor, from after the first instant to the second', async () => {
  const [early, first, last, late] = [newId(), newId(), newId(), newId()];
  for (const id of [early, first, last, late]) await tellDevice(pool, id, 'tablet');
  await at('2026-03-10T12:00:00.000Z', early);
  await at('2026-03-10T12:00:00.001Z', first);
  await at('2026-03-10T12:10:00.000Z', last);
  await at('2026-03-10T12:10:00.001Z', late);
  const told = await readToldDevices(pool, Date.UTC(2026, 2, 10, 12), Date.UTC(2026, 2, 10, 12, 10));
  expect([...told].toSorted()).toEqual([first, last].toSorted().map((id) => [id, 'tablet']));
});

it('what is told again changes the device and not when it was told first', async () => {
  const id = newId();
  await tellDevice(pool, id, 'tablet');
  await at('2026-04-10T12:00:00Z', id);
  await tellDevice(pool, id, 'mobile');
  const told = await readToldDevices(pool, Date.UTC(2026, 3, 10), Date.UTC(2026, 3, 11));
  expect([...told]).toEqual([[id, 'mobile']]);
});

it('whoever has a snapshot does not see what was told or changed after it', async () => {
  const [before, changed, after] = [newId(), newId(), newId()];
  await tellDevice(pool, before, 'tablet');
  await tellDevice(pool, changed, 'tablet');
  const { rows } = await pool.query<{ snapshot: string }>('SELECT pg_current_snapshot()::text AS snapshot');
  await tellDevice(pool, before, 'tablet');
  await tellDevice(pool, changed, 'mobile');
  await tellDevice(pool, after, 'tablet');
  const now = Date.now();
  const read = async (counted?: string) => {
    const told = await readToldDevices(pool, now - 600_000, now + 600_000, counted);
    return [before, changed, after].map((id) => told.get(id));
  };
  expect(await read(rows[0]?.snapshot)).toEqual(['tablet', undefined, undefined]);
  expect(await read()).toEqual(['tablet', 'mobile', 'tablet']);
});
