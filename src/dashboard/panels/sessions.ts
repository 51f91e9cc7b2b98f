// Live sessions, half hour by half hour, as src/sessions/live has stored them.

import { z } from 'zod';
import { sessionBars } from '../../sessions/live/bars.ts';
import { HALF_HOUR_MS, listSessions } from '../../sessions/live/store.ts';
import { columnOf } from './behind.ts';
import { OPEN_SHOP, panel } from './panel.ts';

const HALF_HOURS = 16;

export const sessions = panel({
  title: 'Sessions, half hour by half hour',
  unit: 'Each session once, in the half hour of its first event; it ends after 30 minutes without one',
  of: 'sessions',
  width: 'half',
  begin: OPEN_SHOP,
  columns: ['from', 'to', 'sessions'],
  rows: z
    .array(z.object({ from: z.iso.datetime(), to: z.iso.datetime(), sessions: z.int() }))
    .describe('16 half hours'),
  read: ({ pool, atMs, whose }) => sessionBars(pool, atMs, HALF_HOURS, whose),
  bars: {
    as: 'columns',
    of: ['from'],
    counts: { sessions: ['session', 'sessions'] },
    reading: { sum: 'in eight hours' },
    empty: 'No session in eight hours.',
  },
  hasPartial: true,
  behind: {
    columns: ['session_id', 'user_id', 'started_at', 'ended_at', 'events', 'revision'],
    read: (pool, asked) => listSessions(pool, columnOf(asked, HALF_HOUR_MS), asked.atMs, asked.whose),
  },
});
