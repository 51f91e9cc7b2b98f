import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PanelEvent } from '../../../src/dashboard/live/event.ts';
import { Windows } from '../../../src/dashboard/live/windows.ts';
import { TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { recount } from './plain.ts';

const MINUTE = 60_000;
/** The last second of a year. */
const NOW = Date.UTC(2026, 11, 31, 23, 59, 59, 500);

let count = 0;
const anyEvent: fc.Arbitrary<PanelEvent> = fc
  .record({
    userId: fc.constantFrom('a', 'b', 'c', 'd'),
    title: fc.constantFrom(...TITLES),
    product: fc.constantFrom(...PRODUCTS),
    item: fc.constantFrom(undefined, 'one', 'two', 'Unknown'),
    // Around now, exact borders of every window, a little ahead, and hours ago.
    timeMs: fc
      .tuple(
        fc.constantFrom(0, 1, 5, 10, 14, 15, 16, 59, 60, 61, -1, -2),
        fc.constantFrom(-1, 0, 0, 1, 499, 500, 30_000),
      )
      .map(([minutes, more]) => NOW - minutes * MINUTE + more),
    // As late as it takes to come exactly when the bar is over, too.
    lateMs: fc.constantFrom(0, 50, 500, 59_000, MINUTE, 3 * MINUTE),
  })
  .map(({ lateMs, ...event }) => {
    count += 1;
    return {
      ...event,
      simulated: false,
      orderId: String(count),
      siteVersion: 'desktop',
      arrivedMs: event.timeMs + lateMs,
      robot: false,
      ip: undefined,
      userAgent: undefined,
      deviceType: undefined,
      topic: 'ecommerce',
      partition: count % 3,
      offset: String(count),
    };
  });

it('windows are a plain recount, in whatever order events come and whenever one looks', () => {
  const looks = fc.array(
    fc.tuple(
      fc.array(anyEvent, { maxLength: 8 }),
      fc.constantFrom(0, 1, 499, 500, 29_500, MINUTE, 11 * MINUTE),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(looks, (steps) => {
      const windows = new Windows(NOW);
      const taken: PanelEvent[] = [];
      let now = NOW;
      for (const [events, later] of steps) {
        windows.take(events);
        taken.push(...events);
        now += later;
        const { raw, ...panels } = windows.panels(now);
        expect(panels).toEqual(recount(taken, now));
        expect(raw).toHaveLength(Math.min(taken.length, 100));
      }
    }),
    { numRuns: 1_000 },
  );
});

const click = (timeMs: number, more: Partial<PanelEvent> = {}): PanelEvent => ({
  orderId: String(timeMs),
  userId: 'a',
  title: 'banner_click',
  product: 'clothes',
  siteVersion: 'desktop',
  item: 'coat',
  timeMs,
  arrivedMs: timeMs,
  robot: false,
  simulated: false,
  ip: undefined,
  userAgent: undefined,
  deviceType: undefined,
  topic: 'ecommerce',
  partition: 0,
  offset: '0',
  ...more,
});

it('what is exactly as old as a window is out of it', () => {
  const windows = new Windows(NOW);
  windows.take([click(NOW - 10 * MINUTE), click(NOW - 60 * MINUTE, { userId: 'b' })]);
  expect(windows.panels(NOW)).toMatchObject({ present: [], pages: [{ count: 1 }] });
});

it('an event is late from the very end of its minute on', () => {
  const windows = new Windows(NOW);
  const minute = NOW - (NOW % MINUTE);
  windows.take([
    click(minute, { arrivedMs: minute + MINUTE - 1 }),
    click(minute + MINUTE - 1, { arrivedMs: minute + MINUTE, userId: 'b' }),
  ]);
  expect(windows.panels(NOW + MINUTE).visitors.at(-2)).toMatchObject({ people: 2, events: 2, late: 1 });
});

it('an event ahead of now counts once its time has come', () => {
  const windows = new Windows(NOW);
  windows.take([click(NOW + 1_000)]);
  expect(windows.panels(NOW + 999).present).toEqual([]);
  expect(windows.panels(NOW + 1_000).present).toHaveLength(1);
});

it('windows fall by the clock alone', () => {
  const windows = new Windows(NOW);
  windows.take([click(NOW)]);
  expect(windows.panels(NOW + 60 * MINUTE - 1).pages).toHaveLength(1);
  expect(windows.panels(NOW + 60 * MINUTE)).toMatchObject({ pages: [], present: [] });
});
