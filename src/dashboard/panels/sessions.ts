// Live sessions, half hour by half hour, as src/sessions/live has stored them.

import { z } from 'zod';
import { badRequest } from '../../http/errors.ts';
import { changingBars } from '../../sessions/live/bars.ts';
import { HALF_HOUR_MS, listSessions } from '../../sessions/live/half-hours.ts';
import { columnOf } from './behind.ts';
import { OPEN_SHOP, panel } from './panel.ts';

const HALF_HOURS = 16;

export const sessions = panel({
  title: 'Sessions, half hour by half hour',
  unit: 'Each session once, in the half hour of its first event; it ends after 30 minutes without one',
  of: 'sessions',
  width: 'half',
  begin: OPEN_SHOP,
  columns: ['from', 'to', 'sessions', 'late', 'last_id'],
  rows: z
    .array(
      z.object({
        from: z.iso.datetime(),
        to: z.iso.datetime(),
        sessions: z.int(),
        late: z.int(),
        last_id: z.int().nullable().describe('the newest session that is counted'),
      }),
    )
    .describe(
      '16 half hours; `late`: events that came after their half hour was over, and by which it has a session more or fewer',
    ),
  read: ({ pool, atMs, whose }) => changingBars(pool, atMs, HALF_HOURS, whose),
  bars: {
    as: 'columns',
    of: ['from', 'last_id'],
    counts: { sessions: ['session', 'sessions'] },
    reading: { sum: 'in eight hours' },
    empty: 'No session in eight hours.',
  },
  hasPartial: true,
  behind: {
    columns: ['session_id', 'user_id', 'started_at', 'ended_at', 'events', 'revision'],
    read: (pool, asked) => {
      const [of = '', last = ''] = asked.of.split('/');
      if (!/^\d{0,9}$|^[12]\d{9}$/.test(last))
        throw badRequest('the query has no usable of', last, 'last_id of the bar');
      const from = columnOf({ ...asked, of }, HALF_HOUR_MS);
      const lastId = last === '' ? undefined : Number(last);
      return listSessions(pool, from, asked.atMs, asked.whose, undefined, lastId);
    },
  },
});
