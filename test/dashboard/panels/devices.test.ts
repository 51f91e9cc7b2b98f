import { expect, it } from 'vitest';
import { Windows } from '../../../src/dashboard/live/windows.ts';
import { deviceOf, devices } from '../../../src/dashboard/panels/devices.ts';
import type { PanelSource } from '../../../src/dashboard/panels/panel.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36';
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0';

it('counts people once, by the device of their latest event, and has a row for every kind', async () => {
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

it('takes a robot for no device, whatever it says of itself', () => {
  expect(deviceOf(aPanelEvent({ userAgent: PHONE }))).toBe('mobile');
  expect(deviceOf(aPanelEvent({ userAgent: PHONE, robot: true }))).toBe('other');
});
