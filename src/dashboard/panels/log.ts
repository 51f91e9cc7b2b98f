// What moved visitors in the state machine of offers, beside its picture.

import { z } from 'zod';
import { type LogEntry, readLog } from '../../behaviour/log.ts';
import { panel } from './panel.ts';

const ENTRIES = 30;

export const log = panel<LogEntry>({
  title: 'State machine of offers',
  unit: 'Clicks on clothes, sneakers and clothes again make an offer to a man of 35–45 or a woman of 25–35; you are where the ring is',
  of: 'moves',
  width: 'whole',
  begin: { path: '/product/clothes', words: 'Look at a piece of clothing' },
  columns: ['at', 'user_id', 'order_id', 'from_state', 'to_state', 'because'],
  rows: z
    .array(
      z.looseObject({
        at: z.iso.datetime(),
        from_state: z.string(),
        to_state: z.string(),
        because: z.string(),
      }),
    )
    .describe('what moved visitors in the state machine of offers, newest first'),
  read: ({ pool, whose, atMs }) => readLog(pool, ENTRIES, whose, atMs),
  hasPartial: true,
});
