// The live panels by a plain recount: every event looked at anew for every number.

import { newestFirst, type PanelEvent } from '../../../src/dashboard/live/event.ts';
import type { WindowPanels } from '../../../src/dashboard/live/windows.ts';
import { deviceOf } from '../../../src/dashboard/panels/devices.ts';
import { PRODUCTS } from '../../../src/events/products.ts';

const MINUTE = 60_000;

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
