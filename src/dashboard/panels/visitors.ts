// People and events, minute by minute.

import { z } from 'zod';
import { newestFirst, type PanelEvent } from '../live/event.ts';
import { MINUTE_MS, minuteOf } from '../live/windows.ts';
import { columnOf, eventsBehind } from './behind.ts';
import { OPEN_SHOP, panel } from './panel.ts';

const iso = (ms: number) => new Date(ms).toISOString();

export const visitors = panel({
  title: 'Visitors, minute by minute',
  unit: 'Distinct people of each of the last 15 minutes; the hatched one is not over',
  of: 'events',
  width: 'half',
  begin: OPEN_SHOP,
  columns: ['from', 'to', 'people', 'events', 'late'],
  rows: z
    .array(
      z.object({
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        people: z.int(),
        events: z.int(),
        late: z.int(),
      }),
    )
    .describe('the last 15 minutes; `late`: events that came after their minute was over'),
  read: ({ windows }) =>
    windows.visitors.map(({ fromMs, people, events, late }) => ({
      from: iso(fromMs),
      to: iso(fromMs + MINUTE_MS),
      people,
      events,
      late,
    })),
  bars: {
    as: 'columns',
    of: ['from'],
    counts: { people: ['person', 'people'], events: ['event', 'events'] },
    reading: 'newest',
    empty: 'Nobody in 15 minutes. Open the shop in another tab: your first banner is the first event here.',
  },
  behind: eventsBehind((events, asked) => {
    const from = columnOf(asked, MINUTE_MS);
    const inMinute = events.filter(({ timeMs }) => minuteOf(timeMs) === from);
    return asked.count === 'events' ? inMinute : latestOfEach(inMinute);
  }),
});

function latestOfEach(events: readonly PanelEvent[]): PanelEvent[] {
  const latest = new Map<string, PanelEvent>();
  for (const event of events.toSorted(newestFirst))
    if (!latest.has(event.userId)) latest.set(event.userId, event);
  return [...latest.values()];
}
