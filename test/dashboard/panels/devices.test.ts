import { expect, it } from 'vitest';
import { Windows } from '../../../src/dashboard/live/windows.ts';
import { deviceOf, devices } from '../../../src/dashboard/panels/devices.ts';
import type { PanelSource } from '../../../src/dashboard/panels/panel.ts';
import { tellDevice } from '../../../src/enrichment/told-devices.ts';
import { newId } from '../../../src/events/ids.ts';
import { migratedDatabase } from '../../support/database.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36';
const MACINTOSH =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0';

it('the devices panel counts people once, by the device of their latest event, and has a row for every kind', async () => {
  const windows = new Windows(NOW);
  windows.take([
    aPanelEvent({ userId: 'a', userAgent: DESKTOP, timeMs: NOW - 5_000 }),
    aPanelEvent({ userId: 'a', userAgent: PHONE, timeMs: NOW - 4_000 }),
    aPanelEvent({ userId: 'b', userAgent: DESKTOP }),
    aPanelEvent({ userId: 'c' }),
    aPanelEvent({ userId: 'd', userAgent: DESKTOP, deviceType: 'tablet' }),
    aPanelEvent({ userId: 'gone', userAgent: DESKTOP, timeMs: NOW - 600_000 }),
  ]);
  const rows = await devices.read({ windows: windows.panels(NOW) } as PanelSource);
  expect(rows).toEqual([
    { device: 'desktop', people: 1 },
    { device: 'mobile', people: 1 },
    { device: 'tablet', people: 1 },
    { device: 'other', people: 1 },
  ]);
});

it('a robot has no device on the panel, whatever it says of itself', () => {
  expect(deviceOf(aPanelEvent({ userAgent: PHONE }))).toBe('mobile');
  expect(deviceOf(aPanelEvent({ userAgent: PHONE, robot: true }))).toBe('other');
});

it('who says Macintosh is counted by what the visitor’s page has told since, but for robots and what the event says itself', async () => {
  const { pool } = await migratedDatabase();
  const [tablet, silent, firefox, robot, said] = [newId(), newId(), newId(), newId(), newId()];
  for (const id of [tablet, firefox, robot, said]) await tellDevice(pool, id, 'tablet');
  await pool.query('UPDATE visitor_devices SET told_at = to_timestamp($1 / 1000.0)', [NOW + 300]);
  const { rows } = await pool.query('SELECT pg_current_snapshot()::text AS counted');
  const windows = new Windows(NOW);
  windows.take([
    aPanelEvent({ userId: tablet, userAgent: MACINTOSH }),
    aPanelEvent({ userId: silent, userAgent: MACINTOSH }),
    aPanelEvent({ userId: firefox, userAgent: DESKTOP }),
    aPanelEvent({ userId: robot, userAgent: MACINTOSH, robot: true }),
    aPanelEvent({ userId: said, userAgent: MACINTOSH, deviceType: 'mobile' }),
  ]);
  const source = { pool, windows: windows.panels(NOW), atMs: NOW, counted: rows[0].counted };
  expect((await devices.read(source as PanelSource)).map(({ people }) => people)).toEqual([2, 1, 1, 1]);
  expect(
    (await devices.read({ ...source, counted: '1:1:' } as PanelSource)).map(({ people }) => people),
  ).toEqual([3, 1, 0, 1]);
});
