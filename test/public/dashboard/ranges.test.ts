import { describe, expect, it } from 'vitest';
import { script } from '../script.ts';

type Days = readonly [number, number];
type Range = { readonly from: string; readonly to: string };
type Ranges = {
  afterMidnight(range: Range, oldDay: string, newDay: string, isWhole: boolean): Range | undefined;
  moved(days: Days, isFirst: boolean, key: string, shown: number): Days | undefined;
  query(values: Readonly<Record<string, string | undefined>>): string;
};
const { afterMidnight, moved, query } = await script<Ranges>('dashboard/ranges.js');

describe('a handle of a range', () => {
  it.each<[string, Days, boolean, Days]>([
    ['ArrowRight', [0, 9], true, [1, 9]],
    ['ArrowUp', [3, 9], false, [3, 9]],
    ['ArrowDown', [3, 5], false, [3, 4]],
    ['ArrowLeft', [0, 9], true, [0, 9]],
    ['PageUp', [1, 5], true, [5, 5]],
    ['PageDown', [1, 5], false, [1, 1]],
    ['Home', [4, 6], true, [0, 6]],
    ['Home', [4, 6], false, [4, 4]],
    ['End', [4, 6], true, [6, 6]],
    ['End', [4, 6], false, [4, 9]],
  ])(
    'a handle of a range moves by %s from %j as far as the other handle and the ends let it',
    (key, days, isFirst, expected) => {
      expect(moved(days, isFirst, key, 10)).toEqual(expected);
    },
  );

  it.each(['Enter', 'Escape', 'a'])('a handle of a range is not moved by %s', (key) => {
    expect(moved([0, 9], true, key, 10)).toBeUndefined();
  });
});

it('at midnight a range of some days goes a day on, and the whole one a day further', () => {
  const week = { from: '2026-02-22', to: '2026-03-01' };
  expect(afterMidnight(week, '2026-02-28', '2026-03-01', false)).toEqual({
    from: '2026-02-23',
    to: '2026-03-02',
  });
  expect(afterMidnight(week, '2026-02-28', '2026-03-01', true)).toEqual({
    from: '2026-02-22',
    to: '2026-03-02',
  });
});

it('at midnight a range that ended before stays', () => {
  expect(
    afterMidnight({ from: '2019-01-01', to: '2019-06-01' }, '2026-02-28', '2026-03-01', false),
  ).toBeUndefined();
});

it('an address names what is chosen and leaves out what is not', () => {
  expect(query({ from: '2026-03-01', product: '', robots: undefined, device: 'a&b' })).toBe(
    'from=2026-03-01&device=a%26b',
  );
});
