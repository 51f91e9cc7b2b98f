// The live panels by a plain recount: every event looked at anew for every number.

import { newestFirst, type PanelEvent } from '../../../src/dashboard/live/event.ts';
import type { WindowPanels } from '../../../src/dashboard/live/windows.ts';
import { deviceOf } from '../../../src/dashboard/panels/devices.ts';
import type { PanelName } from '../../../src/dashboard/panels/panels.ts';
import { PRODUCTS } from '../../../src/events/products.ts';

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;

export function recount(events: readonly PanelEvent[], now: number): Omit<WindowPanels, 'raw'> {
  const past = events.filter(({ timeMs }) => timeMs <= now);
  const within = (minutes: number) => past.filter(({ timeMs }) => now - timeMs < minutes * MINUTE);
  const firstBar = Math.floor(now / MINUTE) - 14;
  const clicks = within(60).filter(({ title }) => title === 'banner_click');
  const pages = new Map<string, PanelEvent[]>();
  for (const click of clicks) {
    const key = JSON.stringify([click.item ?? 'Unknown', click.product]);
    pages.set(key, [...(pages.get(key) ?? []), click]);
  }
  const people = [...new Set(within(10).map(({ userId }) => userId))];
  return {
    visitors: Array.from({ length: 15 }, (_, n) => {
      const from = (firstBar + n) * MINUTE;
      const inBar = past.filter(({ timeMs }) => timeMs >= from && timeMs < from + MINUTE);
      return {
        fromMs: from,
        people: new Set(inBar.map(({ userId }) => userId)).size,
        events: inBar.length,
        late: inBar.filter(({ arrivedMs }) => arrivedMs >= from + MINUTE).length,
      };
    }),
    present: people
      .map(
        (user) =>
          within(10)
            .filter(({ userId }) => userId === user)
            .toSorted(byTime)[0] as PanelEvent,
      )
      .toSorted(byTime),
    pages: [...pages]
      .map(([key, of]) => {
        const [item, product] = JSON.parse(key);
        return { item, product, count: of.length };
      })
      .toSorted((a, b) => b.count - a.count || compare(a.item, b.item) || compare(a.product, b.product))
      .slice(0, 10),
    categories: PRODUCTS.map((product) => ({
      product,
      count: clicks.filter((click) => click.product === product).length,
    })),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const byTime = (a: PanelEvent, b: PanelEvent) =>
  b.timeMs - a.timeMs || newestFirst(a, b) || compare(a.userId, b.userId);

/** People by device, as the panel has them. */
export const recountDevices = (present: readonly PanelEvent[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = { desktop: 0, mobile: 0, tablet: 0, other: 0 };
  for (const event of present) counts[deviceOf(event)] = (counts[deviceOf(event)] ?? 0) + 1;
  return counts;
};

/** Of each owner of sessions, a visitor or a robot with the same id, the events in the order of their arrival. */
export function byOwner(events: readonly PanelEvent[]): PanelEvent[][] {
  const owners = new Map<string, PanelEvent[]>();
  for (const event of events.toSorted((a, b) => Number(a.offset) - Number(b.offset))) {
    const owner = `${event.userId} ${event.robot}`;
    owners.set(owner, [...(owners.get(owner) ?? []), event]);
  }
  return [...owners.values()];
}

/** When sessions of one owner begin. */
function startsOf(events: readonly PanelEvent[]): number[] {
  const times = events.map(({ timeMs }) => timeMs).toSorted((a, b) => a - b);
  return times.filter((time, n) => n === 0 || time - (times[n - 1] ?? 0) >= HALF_HOUR);
}

const halfHour = (ms: number) => Math.floor(ms / HALF_HOUR) * HALF_HOUR;

/** Sessions and late changes by half hour, as bars have them at an instant. All events came years late. */
export function plainSessions(events: readonly PanelEvent[], at: number): [sessions: number, late: number][] {
  const owners = byOwner(events);
  const starts = owners.flatMap(startsOf);
  const changed = owners.flatMap((own) =>
    own.flatMap((_, n) => {
      const [before, after] = [startsOf(own.slice(0, n)), startsOf(own.slice(0, n + 1))];
      const bars = new Set([...before, ...after].map(halfHour));
      const count = (all: number[], bar: number) => all.filter((start) => halfHour(start) === bar).length;
      return [...bars].filter((bar) => count(before, bar) !== count(after, bar));
    }),
  );
  return Array.from({ length: 16 }, (_, bar) => {
    const from = halfHour(at) - (15 - bar) * HALF_HOUR;
    return [
      starts.filter((start) => halfHour(start) === from && start <= at).length,
      changed.filter((one) => one === from).length,
    ];
  });
}

/** A row of any panel, or of what is behind a bar. */
export type PlainRow = Readonly<Record<string, unknown>>;

/** What the list behind a bar has to have, and by which fields of its rows that is told. */
export function plainBehind(
  events: readonly PanelEvent[],
  at: number,
  name: PanelName,
  bar: PlainRow,
  count: string,
): { readonly id: (row: PlainRow) => string; readonly ids: readonly string[] } {
  const from = Date.parse(String(bar.from));
  if (name === 'sessions') {
    const begun = byOwner(events).flatMap((own) =>
      startsOf(own).flatMap((start) =>
        halfHour(start) === from && start <= at ? [`${own[0]?.userId} ${new Date(start).toISOString()}`] : [],
      ),
    );
    return { id: (row) => `${row.user_id} ${row.started_at}`, ids: begun };
  }
  const past = events.filter(({ timeMs }) => timeMs <= at);
  if (name === 'visitors') {
    const inBar = past.filter(({ timeMs }) => timeMs >= from && timeMs < from + MINUTE);
    return count === 'events'
      ? byEvent(inBar)
      : { id: (row) => String(row.user_id), ids: [...new Set(inBar.map(({ userId }) => userId))] };
  }
  if (name === 'devices')
    return byEvent(recount(events, at).present.filter((event) => deviceOf(event) === bar.device));
  return byEvent(
    past.filter(
      ({ title, timeMs, product, item = 'Unknown' }) =>
        title === 'banner_click' &&
        at - timeMs < 60 * MINUTE &&
        product === bar.product &&
        (name === 'categories' || item === bar.item),
    ),
  );
}

const byEvent = (events: readonly PanelEvent[]) => ({
  id: (row: PlainRow) => String(row.order_id),
  ids: events.map(({ orderId }) => orderId),
});
