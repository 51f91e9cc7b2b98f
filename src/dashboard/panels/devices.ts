// Who is here right now, by the device that the user agent of the latest event tells; where it can't tell, by what the visitor's page
// has told since.

import { z } from 'zod';
import type { Pool } from '../../db/pool.ts';
import { readToldDevices } from '../../enrichment/told-devices.ts';
import { clientOf, isUntelling } from '../../enrichment/user-agent.ts';
import { DEVICE_TYPES, type DeviceType } from '../../events/event.ts';
import type { PanelEvent } from '../live/event.ts';
import { MINUTE_MS, PRESENT_MS, Windows } from '../live/windows.ts';
import { eventsBehind } from './behind.ts';
import { OPEN_SHOP, panel } from './panel.ts';

/** The device of an event: as its context tells, else its user agent. */
export const deviceOf = ({ userAgent, robot, deviceType }: PanelEvent): DeviceType =>
  clientOf(userAgent, robot, deviceType).deviceType;

/** How long after its event a page may tell its device, the difference of the shop's and Postgres's clocks included. */
const TOLD_WITHIN_MS = MINUTE_MS;

/** The device of each person, in their order. @param counted as readToldDevices() has it */
async function devicesOf(
  pool: Pool,
  present: readonly PanelEvent[],
  atMs: number,
  counted?: string,
): Promise<readonly DeviceType[]> {
  const isUntold = ({ deviceType, userAgent }: PanelEvent) =>
    deviceType === undefined && isUntelling(userAgent);
  if (!present.some(isUntold)) return present.map(deviceOf);
  const told = await readToldDevices(pool, atMs - PRESENT_MS, atMs + TOLD_WITHIN_MS, counted);
  return present.map((event) =>
    deviceOf(isUntold(event) ? { ...event, deviceType: told.get(event.userId) } : event),
  );
}

export const devices = panel({
  title: 'Here right now, by device',
  unit: 'People of the last 10 minutes, by their latest event',
  of: 'events',
  width: 'stacked',
  begin: OPEN_SHOP,
  columns: ['device', 'people'],
  rows: z
    .array(z.object({ device: z.enum(DEVICE_TYPES), people: z.int() }))
    .describe('people of the last 10 minutes, by the user agent of their latest event'),
  read: async ({ pool, windows, atMs, counted }) => {
    const types = await devicesOf(pool, windows.present, atMs, counted);
    return DEVICE_TYPES.map((device) => ({ device, people: types.filter((type) => type === device).length }));
  },
  bars: {
    as: 'lines',
    of: ['device'],
    name: 'device',
    counts: { people: ['person', 'people'] },
    reading: { sum: 'here' },
    empty: 'Nobody is here.',
  },
  behind: eventsBehind(async (events, { of, atMs, counted }, pool) => {
    const windows = new Windows(atMs);
    windows.take(events);
    const { present } = windows.panels(atMs);
    const types = await devicesOf(pool, present, atMs, counted);
    return present.filter((_, n) => types[n] === of);
  }),
});
