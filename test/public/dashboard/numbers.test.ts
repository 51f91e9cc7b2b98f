import { expect, it } from 'vitest';
import { script } from '../script.ts';

type Numbers = {
  capital(text: string): string;
  day(isoDay: string): string;
  dayPlus(isoDay: string, days: number): string;
  itemName(item: string): string;
  plural(count: number, one: string, many?: string): string;
  share(part: number, whole: number): string | undefined;
  short(count: number): string;
  span(from: string, to: string): string;
  weekday(isoDay: string): string;
};
const { capital, day, dayPlus, itemName, plural, share, short, span, weekday } =
  await script<Numbers>('dashboard/numbers.js');

it.each([
  [0, '0'],
  [9_999, '9,999'],
  [10_000, '10 K'],
  [-12_345, '-12.3 K'],
  [8_471_220, '8.47 M'],
  [1_200_000_000, '1.2 B'],
])('the number %d is %s where space is short', (count, text) => {
  expect(short(count)).toBe(text);
});

it('a share has one digit behind the point at most, and there is none of nothing', () => {
  expect([share(3, 7), share(1, 4), share(2, 1), share(0, 5), share(0, 0), share(1, 0)]).toEqual([
    '42.9%',
    '25%',
    '200%',
    '0%',
    undefined,
    undefined,
  ]);
});

it('days are reckoned by the calendar, through leap days and ends of years', () => {
  expect(dayPlus('2024-02-28', 1)).toBe('2024-02-29');
  expect(dayPlus('2026-01-01', -1)).toBe('2025-12-31');
  expect(dayPlus('2026-03-28', 7)).toBe('2026-04-04');
  expect([day('2026-11-22'), weekday('2026-11-22')]).toEqual(['22 Nov 2026', 'Sun, 22 Nov 2026']);
});

it('a range is told by its last day, which is the one before its end, and one day alone by its date', () => {
  expect(span('2019-01-01', '2019-06-01')).toBe('1 Jan 2019 to 31 May 2019');
  expect(span('2019-02-28', '2019-03-01')).toBe('28 Feb 2019');
});

it('an item is written with spaces and a capital, and one thing has no plural', () => {
  expect(itemName('lane-slip-on')).toBe('Lane slip on');
  expect(capital('')).toBe('');
  expect([plural(1, 'row'), plural(0, 'row'), plural(12_000, 'person', 'people')]).toEqual([
    '1 row',
    '0 rows',
    '12 K people',
  ]);
});
