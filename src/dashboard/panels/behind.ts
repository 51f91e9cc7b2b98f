// What is in this bar? Events behind one number of a panel, by the same windows that count it.

import { z } from 'zod';
import type { Pool } from '../../db/pool.ts';
import { isWanted } from '../../events/whose.ts';
import { badRequest } from '../../http/errors.ts';
import { newestFirst, type PanelEvent } from '../live/event.ts';
import { readWindowsAt } from '../live/read.ts';
import { CLICKS_MS } from '../live/windows.ts';
import type { AskedBar, Panel } from './panel.ts';
import { RAW_COLUMNS, rawRow } from './raw.ts';

/** In UTC: without a zone it would be in the machine's. */
const instant = z.iso.datetime();

/** Those of the windows' events that `find` says are in the bar. */
export const eventsBehind = (
  find: (
    events: readonly PanelEvent[],
    asked: AskedBar,
    pool: Pool,
  ) => readonly PanelEvent[] | Promise<readonly PanelEvent[]>,
): NonNullable<Panel['behind']> => ({
  columns: RAW_COLUMNS,
  read: async (pool: Pool, asked: AskedBar) => {
    const { events } = await readWindowsAt(pool, asked.atMs, undefined, asked.counted);
    const found = await find(events.filter(isWanted(asked.whose)), asked, pool);
    return found.toSorted(newestFirst).map(rawRow);
  },
});

/** Banner clicks of the hour before an instant. */
export const clicksOf = (events: readonly PanelEvent[], atMs: number): PanelEvent[] =>
  events.filter(({ title, timeMs }) => title === 'banner_click' && timeMs > atMs - CLICKS_MS);

/**
 * When the column begins, milliseconds since 1970.
 * @throws {HttpError} 400
 */
export function columnOf({ of }: AskedBar, lengthMs: number): number {
  const from = instant.safeParse(of).success ? Date.parse(of) : Number.NaN;
  if (Number.isNaN(from) || from % lengthMs !== 0)
    throw badRequest(
      'the query has no usable of',
      of,
      'the instant at which the bar begins, ISO 8601 in UTC',
    );
  return from;
}
