import { expect, it } from 'vitest';
import { Windows } from '../../../src/dashboard/live/windows.ts';
import type { PanelSource } from '../../../src/dashboard/panels/panel.ts';
import { visitors } from '../../../src/dashboard/panels/visitors.ts';
import { aPanelEvent, NOW } from '../live/an-event.ts';

it('the visitors panel has fifteen minutes, each to the beginning of the next, and the last one is not over', async () => {
  const windows = new Windows(NOW);
  const at = Date.UTC(2026, 2, 2, 8, 59);
  windows.take([
    aPanelEvent({ userId: 'a', timeMs: at }),
    aPanelEvent({ userId: 'a', timeMs: at + 59_999 }),
    aPanelEvent({ userId: 'b', timeMs: at + 1, arrivedMs: at + 60_000 }),
    aPanelEvent({ userId: 'b', timeMs: at + 60_000 }),
  ]);
  const rows = await visitors.read({ windows: windows.panels(NOW) } as PanelSource);
  expect(rows).toHaveLength(15);
  expect(rows[0]).toMatchObject({ from: '2026-03-02T08:46:00.000Z', people: 0, events: 0 });
  expect(rows.slice(-2)).toEqual([
    { from: '2026-03-02T08:59:00.000Z', to: '2026-03-02T09:00:00.000Z', people: 2, events: 3, late: 1 },
    { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T09:01:00.000Z', people: 1, events: 1, late: 0 },
  ]);
});
