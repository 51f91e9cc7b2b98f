// What is in this bar? The rows behind one number of a panel, by the same windows that count it.

import type { Pool } from '../../db/pool.ts';
import { isProduct } from '../../events/products.ts';
import { isWanted, type Whose } from '../../events/whose.ts';
import { badRequest } from '../../http/errors.ts';
import { HALF_HOUR_MS, listSessions } from '../../sessions/live/store.ts';
import { newestFirst, type PanelEvent } from './event.ts';
import { deviceOf, type PanelName, rawRow } from './present.ts';
import { readWindowsAt } from './read.ts';
import { CLICKS_MS, minuteOf, pageKey, Windows } from './windows.ts';

export type Asked = {
  readonly panel: PanelName;
  readonly of: string;
  readonly count: 'people' | 'events';
  readonly whose: Whose;
  readonly atMs: number;
};

type Row = Readonly<Record<string, unknown>>;

/** @throws {HttpError} 400 where the panel has no such bar */
export async function rowsBehind(pool: Pool, asked: Asked): Promise<readonly Row[]> {
  if (asked.panel === 'sessions')
    return listSessions(pool, barOf(asked, HALF_HOUR_MS), asked.atMs, asked.whose);
  const events = (await readWindowsAt(pool, asked.atMs)).filter(isWanted(asked.whose));
  return eventsBehind(events, asked).toSorted(newestFirst).map(rawRow);
}

function eventsBehind(events: readonly PanelEvent[], asked: Asked): readonly PanelEvent[] {
  const { panel, of, count, atMs } = asked;
  const clicks = events.filter(({ title, timeMs }) => title === 'banner_click' && timeMs > atMs - CLICKS_MS);
  if (panel === 'visitors') {
    const from = barOf(asked, 60_000);
    const inBar = events.filter(({ timeMs }) => minuteOf(timeMs) === from);
    return count === 'events' ? inBar : latestOfEach(inBar);
  }
  if (panel === 'categories') {
    if (!isProduct(of)) throw badRequest('the query has no usable of', of, 'a category');
    return clicks.filter(({ product }) => product === of);
  }
  if (panel === 'pages') {
    const [product, ...item] = of.split('/');
    return clicks.filter((event) => pageKey(event) === `${item.join('/')} ${product}`);
  }
  if (panel === 'devices') {
    const windows = new Windows(atMs);
    windows.take(events);
    return windows.panels(atMs).present.filter((event) => deviceOf(event) === of);
  }
  throw badRequest('this panel has no bars', panel, 'visitors, sessions, devices, pages, categories');
}

function barOf({ of }: Asked, lengthMs: number): number {
  const from = Date.parse(of);
  if (Number.isNaN(from) || from % lengthMs !== 0)
    throw badRequest(
      'the query has no usable of',
      of,
      'the instant at which the bar begins, ISO 8601 in UTC',
    );
  return from;
}

function latestOfEach(events: readonly PanelEvent[]): PanelEvent[] {
  const latest = new Map<string, PanelEvent>();
  for (const event of events.toSorted(newestFirst))
    if (!latest.has(event.userId)) latest.set(event.userId, event);
  return [...latest.values()];
}
