import { expect, it } from 'vitest';
import { script } from '../script.ts';

type Counted = { readonly title: string; readonly count: number };
type Titles = {
  byDay(rows: readonly (Counted & { readonly day: string })[]): unknown;
  byProduct(rows: readonly { readonly product: string; readonly count: number }[]): Record<string, number>;
  byTitle(rows: readonly Counted[]): unknown;
  dailyWords(rows: readonly (Counted & { readonly day: string })[], step: string): string;
  funnelWords(rows: readonly { shows: number; clicks: number; orders: number }[]): string;
  mostOrdered(totals: Record<string, number>, nameOf: (product: string) => string): string | undefined;
};
const { byDay, byProduct, byTitle, dailyWords, funnelWords, mostOrdered } =
  await script<Titles>('dashboard/titles.js');

const row = (day: string, title: string, count: number) => ({ day, title, count });
const rows = [
  row('2026-03-01', 'banner_show', 1_200),
  row('2026-03-01', 'order', 2),
  row('2026-03-02', 'banner_show', 10),
  row('2026-03-02', 'banner_click', 1),
  row('2026-03-02', 'order', 7),
];

it('rows of a kind are added up, and a kind without any is 0', () => {
  expect(byTitle(rows)).toEqual({ banner_show: 1_210, banner_click: 1, order: 9 });
  expect(byTitle([])).toEqual({ banner_show: 0, banner_click: 0, order: 0 });
});

it('the kinds of a day stand side by side, in the order of the days', () => {
  expect(byDay(rows)).toEqual([
    { day: '2026-03-01', banner_show: 1_200, order: 2 },
    { day: '2026-03-02', banner_show: 10, banner_click: 1, order: 7 },
  ]);
});

it('the words of the daily chart name the day with most orders, or the first day of the week', () => {
  const counts = '1,210 shows, 1 click and 9 orders.';
  expect(dailyWords(rows, 'day')).toBe(`${counts} Most orders: Mon, 2 Mar 2026 (7).`);
  expect(dailyWords(rows, 'week')).toBe(`${counts} Most orders: the week from Mon, 2 Mar 2026 (7).`);
});

it('the words of the daily chart name no day where nothing was ordered', () => {
  expect(dailyWords([row('2026-03-01', 'banner_click', 2)], 'day')).toBe('0 shows, 2 clicks and 0 orders.');
  expect(dailyWords([], 'day')).toBe('0 shows, 0 clicks and 0 orders.');
});

it('the words of the funnel are shares of the sums, and say why one may be over 100%', () => {
  const step = (shows: number, clicks: number, orders: number) => ({ shows, clicks, orders });
  expect(funnelWords([step(300, 30, 9), step(100, 10, 1)])).toBe(
    '10% of shows were clicked, 25% of clicks became orders.',
  );
  expect(funnelWords([step(0, 0, 0)])).toBe('– of shows were clicked, – of clicks became orders.');
  expect(funnelWords([step(10, 1, 2)])).toContain('200% of clicks became orders. More than 100% means');
});

it('the most ordered category is named with its number, and none where nothing was ordered', () => {
  const totals = byProduct([
    { product: 'clothes', count: 2 },
    { product: 'sneakers', count: 3 },
    { product: 'clothes', count: 4 },
  ]);
  expect(totals).toEqual({ clothes: 6, sneakers: 3 });
  expect(mostOrdered(totals, (product) => `The ${product}`)).toBe('Most ordered: the clothes (6).');
  expect(mostOrdered({ clothes: 0 }, String)).toBeUndefined();
  expect(mostOrdered({}, String)).toBeUndefined();
});
