// The windows behind the live panels: events are taken as they come, in any order; panels are read at an instant that only moves
// on. A window is (now − length, now]: what is exactly as old as the window is out, and what lies ahead of now waits. Bars begin
// at whole minutes; the last one is not over. No clock and no database in here.

import { UNKNOWN } from '../../enrichment/user-agent.ts';
import { PRODUCTS, type Product } from '../../events/products.ts';
import { newestFirst, type PanelEvent } from './event.ts';

const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const VISITOR_BARS = 15;
export const PRESENT_MS = 10 * MINUTE_MS;
export const CLICKS_MS = 60 * MINUTE_MS;
const TOP_PAGES = 10;
export const RAW_EVENTS = 100;
export const LATEST_VISITORS = 10;

export type VisitorBar = {
  readonly fromMs: number;
  readonly people: number;
  readonly events: number;
  /** Events that came after the bar was over. */
  readonly late: number;
};
export type PageCount = { readonly item: string; readonly product: Product; readonly count: number };
export type ProductCount = { readonly product: Product; readonly count: number };

/** What the windows hold at an instant. */
export type WindowPanels = {
  readonly visitors: readonly VisitorBar[];
  /** The latest event of each person who is here, the newest first. */
  readonly present: readonly PanelEvent[];
  readonly pages: readonly PageCount[];
  readonly categories: readonly ProductCount[];
  readonly raw: readonly PanelEvent[];
};

/** A page that is counted further. */
type Counted = { readonly item: string; readonly product: Product; count: number };
type Click = { readonly timeMs: number; readonly key: string; readonly page: Counted };
type Minute = { readonly people: Set<string>; events: number; late: number };

export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;
/** The page that a click opened. */
export const pageKey = ({ item, product }: PanelEvent): string => `${item ?? UNKNOWN} ${product}`;

export class Windows {
  #nowMs: number;
  #ahead: PanelEvent[] = [];
  readonly #minutes = new Map<number, Minute>();
  readonly #present = new Map<string, PanelEvent>();
  /** By second: clicks of a backlog come in the order of their partitions, not in that of their times. */
  readonly #clicks = new Map<number, Click[]>();
  readonly #pages = new Map<string, Counted>();
  #raw: PanelEvent[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Takes events that were not taken before. */
  take(events: readonly PanelEvent[]): void {
    for (const event of events) {
      if (event.timeMs > this.#nowMs) this.#ahead.push(event);
      else this.#count(event);
    }
    this.#raw = [...newestOf(events, RAW_EVENTS), ...this.#raw].sort(newestFirst).slice(0, RAW_EVENTS);
  }

  /** The last events by arrival, the newest first. */
  get raw(): readonly PanelEvent[] {
    return this.#raw;
  }

  /** @param nowMs not before that of the last call */
  panels(nowMs: number): WindowPanels {
    this.#advance(nowMs);
    const last = minuteOf(nowMs);
    return {
      visitors: Array.from({ length: VISITOR_BARS }, (_, bar) => {
        const fromMs = last - (VISITOR_BARS - 1 - bar) * MINUTE_MS;
        const minute = this.#minutes.get(fromMs);
        return {
          fromMs,
          people: minute?.people.size ?? 0,
          events: minute?.events ?? 0,
          late: minute?.late ?? 0,
        };
      }),
      present: [...this.#present.values()].sort(
        (a, b) => b.timeMs - a.timeMs || newestFirst(a, b) || (a.userId < b.userId ? -1 : 1),
      ),
      pages: [...this.#pages.values()]
        .sort(byCountAndName)
        .slice(0, TOP_PAGES)
        .map((page) => ({ ...page })),
      categories: this.#categories(),
      raw: this.#raw,
    };
  }

  #categories(): ProductCount[] {
    const counts = new Map<Product, number>(PRODUCTS.map((product) => [product, 0]));
    for (const { product, count } of this.#pages.values())
      counts.set(product, (counts.get(product) ?? 0) + count);
    return [...counts].map(([product, count]) => ({ product, count }));
  }

  #advance(nowMs: number): void {
    this.#nowMs = Math.max(nowMs, this.#nowMs);
    const due = this.#ahead.filter(({ timeMs }) => timeMs <= this.#nowMs);
    if (due.length > 0) this.#ahead = this.#ahead.filter(({ timeMs }) => timeMs > this.#nowMs);
    for (const event of due) this.#count(event);
    const firstBar = minuteOf(this.#nowMs) - (VISITOR_BARS - 1) * MINUTE_MS;
    for (const minute of this.#minutes.keys()) if (minute < firstBar) this.#minutes.delete(minute);
    for (const [user, { timeMs }] of this.#present)
      if (timeMs <= this.#nowMs - PRESENT_MS) this.#present.delete(user);
    this.#dropOldClicks();
  }

  #count(event: PanelEvent): void {
    const minute = this.#minutes.get(minuteOf(event.timeMs)) ?? { people: new Set(), events: 0, late: 0 };
    this.#minutes.set(minuteOf(event.timeMs), minute);
    minute.people.add(event.userId);
    minute.events += 1;
    if (event.arrivedMs >= minuteOf(event.timeMs) + MINUTE_MS) minute.late += 1;
    const latest = this.#present.get(event.userId);
    if (latest === undefined || isLater(event, latest)) this.#present.set(event.userId, event);
    if (event.title === 'banner_click' && event.timeMs > this.#nowMs - CLICKS_MS) this.#addClick(event);
  }

  #addClick(event: PanelEvent): void {
    const key = pageKey(event);
    const page = this.#pages.get(key) ?? { item: event.item ?? UNKNOWN, product: event.product, count: 0 };
    if (page.count === 0) this.#pages.set(key, page);
    page.count += 1;
    const second = Math.floor(event.timeMs / SECOND_MS);
    const clicks = this.#clicks.get(second);
    if (clicks === undefined) this.#clicks.set(second, [{ timeMs: event.timeMs, key, page }]);
    else clicks.push({ timeMs: event.timeMs, key, page });
  }

  #dropOldClicks(): void {
    const untilMs = this.#nowMs - CLICKS_MS;
    for (const [second, clicks] of this.#clicks) {
      if (second * SECOND_MS > untilMs) continue;
      const kept = clicks.filter(({ timeMs }) => timeMs > untilMs);
      for (const { timeMs, key, page } of clicks) {
        if (timeMs > untilMs) continue;
        page.count -= 1;
        if (page.count === 0) this.#pages.delete(key);
      }
      if (kept.length === 0) this.#clicks.delete(second);
      else this.#clicks.set(second, kept);
    }
  }
}

/** @param events mostly in the order of arrival: from the last of them on, nearly all of a backlog are passed over by one comparison */
function newestOf(events: readonly PanelEvent[], most: number): PanelEvent[] {
  const newest: PanelEvent[] = [];
  for (let n = events.length - 1; n >= 0; n -= 1) {
    const event = events[n] as PanelEvent;
    let at = newest.length;
    while (at > 0 && newestFirst(event, newest[at - 1] as PanelEvent) < 0) at -= 1;
    if (at === most) continue;
    newest.splice(at, 0, event);
    if (newest.length > most) newest.pop();
  }
  return newest;
}

const isLater = (a: PanelEvent, b: PanelEvent): boolean =>
  a.timeMs > b.timeMs || (a.timeMs === b.timeMs && newestFirst(a, b) < 0);

const byCountAndName = (a: PageCount, b: PageCount): number =>
  b.count - a.count || (a.item < b.item ? -1 : Number(a.item > b.item)) || (a.product < b.product ? -1 : 1);
