import { expect, it } from 'vitest';
import { script } from '../script.ts';

type Tiles = {
  compare(now: number, then: number, when: string): readonly [words: string, direction: string];
  counter(count: number): string;
  perHundred(counts: { readonly order?: number; readonly banner_click?: number }): number | undefined;
};
const { compare, counter, perHundred } = await script<Tiles>('dashboard/tiles.js');

it.each([
  [112, 100, '▲ 12% more than before (100)', 'up'],
  [0, 8, '▼ 100% fewer than before (8)', 'down'],
  [5, 5, 'as many as before (5)', 'same'],
  [5, 0, 'nothing before', 'same'],
  [0, 0, 'nothing before either', 'same'],
  [20_000, 10_000, '▲ 100% more than before (10 K)', 'up'],
])('%d against %d is told as "%s"', (now, then, words, direction) => {
  expect(compare(now, then, 'before')).toEqual([words, direction]);
});

it('a figure has all its digits up to where they would not fit', () => {
  expect([counter(9_999_999), counter(10_000_000)]).toEqual(['9,999,999', '10 M']);
});

it('orders are told for each hundred clicks, and not without clicks', () => {
  expect(perHundred({ order: 3, banner_click: 40 })).toBe(7.5);
  expect(perHundred({ banner_click: 40 })).toBe(0);
  expect(perHundred({ order: 3 })).toBeUndefined();
});
