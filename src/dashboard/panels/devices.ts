// Who is here right now, by the device that the user agent of the latest event tells.

import { z } from 'zod';
import { clientOf } from '../../enrichment/user-agent.ts';
import { DEVICE_TYPES, type DeviceType } from '../../events/event.ts';
import type { PanelEvent } from '../live/event.ts';
import { Windows } from '../live/windows.ts';
import { eventsBehind } from './behind.ts';
import { OPEN_SHOP, panel } from './panel.ts';

/** The device of an event: as its context tells, else its user agent. */
export const deviceOf = ({ userAgent, robot, deviceType }: PanelEvent): DeviceType =>
  clientOf(userAgent, robot, deviceType).deviceType;

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
  read: ({ windows }) => {
    const types = windows.present.map(deviceOf);
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
  behind: eventsBehind((events, { of, atMs }) => {
    const windows = new Windows(atMs);
    windows.take(events);
    return windows.panels(atMs).present.filter((event) => deviceOf(event) === of);
  }),
});
