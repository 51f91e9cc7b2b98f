import { expect, it } from 'vitest';
import { Windows } from '../../../src/dashboard/live/windows.ts';
import { latest } from '../../../src/dashboard/panels/latest.ts';
import type { PanelSource } from '../../../src/dashboard/panels/panel.ts';
import { openCountries } from '../../../src/enrichment/country.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

const countries = openCountries();

function rowsOf(events: Parameters<Windows['take']>[0]) {
  const windows = new Windows(NOW);
  windows.take(events);
  return latest.read({ windows: windows.panels(NOW), countries } as PanelSource);
}

it('the latest visitors are ten, each once, with the country of the address or why there is none', async () => {
  const many = Array.from({ length: 12 }, (_, n) =>
    aPanelEvent({ userId: `old ${n}`, timeMs: NOW - 60_000 - n }),
  );
  const rows = await rowsOf([
    ...many,
    aPanelEvent({ userId: 'a', timeMs: NOW - 3_000, ip: '8.8.8.0' }),
    aPanelEvent({ userId: 'a', timeMs: NOW - 2_000, ip: '193.0.6.139' }),
    aPanelEvent({ userId: 'b', timeMs: NOW - 1_000, ip: '10.0.0.0' }),
    aPanelEvent({ userId: 'c', timeMs: NOW, simulated: true }),
  ]);
  expect(rows).toHaveLength(10);
  expect(rows.slice(0, 4)).toEqual([
    {
      user_id: 'c',
      time: '2026-03-02T09:00:30.000Z',
      ip: null,
      country: 'Unknown (no address)',
      simulated: true,
    },
    {
      user_id: 'b',
      time: '2026-03-02T09:00:29.000Z',
      ip: '10.0.0.0',
      country: 'Unknown (private address)',
      simulated: false,
    },
    {
      user_id: 'a',
      time: '2026-03-02T09:00:28.000Z',
      ip: '193.0.6.0',
      country: 'Netherlands',
      simulated: false,
    },
    expect.objectContaining({ user_id: 'old 0' }),
  ]);
});

it('a latest visitor’s address is cut off, however much of it the event has', async () => {
  const rows = await rowsOf([
    aPanelEvent({ userId: 'a', timeMs: NOW - 1, ip: '8.8.8.8' }),
    aPanelEvent({ userId: 'b', timeMs: NOW - 2, ip: '2a00:1450:4009:81f::200e' }),
  ]);
  expect(rows.map(({ ip }) => ip)).toEqual(['8.8.8.0', '2a00:1450:4009::']);
});

it('the latest visitors are none where nobody came in ten minutes', async () => {
  expect(await rowsOf([aPanelEvent({ timeMs: NOW - 600_000 })])).toEqual([]);
});
