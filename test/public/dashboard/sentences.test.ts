// Each of the eight questions: its usual answer, a tie, and nothing to say.

import { expect, it } from 'vitest';
import { script } from '../script.ts';

type Row = { readonly subject: string; readonly measure: string; readonly count: number };
type NameOf = (product: string) => string;
type Sentences = {
  readonly SENTENCES: Readonly<
    Record<string, (rows: readonly Row[], nameOf: NameOf, year: number) => string>
  >;
  pageName(path: string, nameOf: NameOf): string;
};
const { SENTENCES, pageName } = await script<Sentences>('dashboard/sentences.js');

const NAMES: Readonly<Record<string, string>> = { sports_nutrition: 'Sports nutrition', clothes: 'Clothes' };
const nameOf: NameOf = (product) => NAMES[product] ?? product;

/** Rows of { measure: { subject: count } }. */
const rowsOf = (counts: Readonly<Record<string, Readonly<Record<string, number>>>>): Row[] =>
  Object.entries(counts).flatMap(([measure, subjects]) =>
    Object.entries(subjects).map(([subject, count]) => ({ subject, measure, count })),
  );

it.each<[string, Parameters<typeof rowsOf>[0], string]>([
  [
    'saw_ad',
    { users: { clothes: 2, sports_nutrition: 12_000, sneakers: 0 } },
    'Sports nutrition: 12 K people, against 2 for clothes.',
  ],
  ['saw_ad', { users: { clothes: 1, sneakers: 1, toys: 0 } }, 'Clothes and sneakers: 1 person each.'],
  ['saw_ad', { users: { clothes: 1, sneakers: 1, toys: 1 } }, 'Clothes and 2 more: 1 person each.'],
  ['saw_ad', { users: { clothes: 0, sneakers: 0 } }, 'Nobody saw an ad in the last minute.'],
  ['saw_ad', { users: { clothes: 3 } }, 'Clothes: 3 people.'],
  ['ordered_now', { orders: { sneakers: 1, clothes: 0 } }, 'Sneakers: 1 order.'],
  ['ordered_now', { orders: { sneakers: 2, clothes: 2 } }, 'Sneakers and clothes: 2 orders each.'],
  ['ordered_now', { orders: { sneakers: 0 } }, 'Nothing was ordered in the last hour.'],
  [
    'devices',
    { users: { mobile: 1, desktop: 3 }, users_now: { mobile: 0, desktop: 0 } },
    '25% on mobile overall; right now nobody is here.',
  ],
  [
    'devices',
    { users: { mobile: 1, desktop: 3 }, users_now: { mobile: 2, desktop: 0 } },
    '25% on mobile overall; right now 100% on mobile.',
  ],
  ['devices', { users: { mobile: 0, desktop: 0 } }, 'Nobody came yet.'],
  ['pages', { visits: { '/product/clothes?item=linen-shirt': 1 } }, 'Linen shirt: 1 visit.'],
  [
    'pages',
    { visits: { '/product/clothes': 2, '/product/sneakers?item=lane-slip-on': 2, '/product/toys': 1 } },
    'Clothes and Lane slip on: 2 visits each.',
  ],
  ['pages', {}, 'No product page was opened in the last ten minutes.'],
  ['targets', { target_1: { clothes: 3, sneakers: 1 } }, 'Clothes leads: 3 orders, 75% of all.'],
  [
    'targets',
    { target_1: { clothes: 2, sneakers: 2, toys: 1 } },
    'Clothes and sneakers lead: 2 orders each, 40% of all.',
  ],
  ['targets', { target_1: { clothes: 0 } }, 'Nothing was ordered yet.'],
  [
    'orders_by_month',
    { 2019: { 1: 30, 2: 10 }, 2026: { 1: 10 } },
    '10 orders in 2026 so far (25% of 2019), 40 in 2019.',
  ],
  ['orders_by_month', { 2026: { 1: 1 } }, '1 order in 2026 so far, 0 in 2019.'],
  ['no_order', { clicked: { all: 4 }, no_order: { all: 1 } }, '1 person: 25% of the 4 who clicked.'],
  ['no_order', { clicked: { all: 0 }, no_order: { all: 0 } }, 'Nobody clicked yet.'],
  [
    'no_order_by_category',
    { clicked: { clothes: 9, sneakers: 8 }, no_order: { clothes: 2, sneakers: 6 } },
    'Sneakers: 6 people, 75% of those who clicked it.',
  ],
  [
    'no_order_by_category',
    { clicked: { clothes: 9, sneakers: 8 }, no_order: { clothes: 2, sneakers: 2 } },
    'Clothes and sneakers: 2 people each.',
  ],
  [
    'no_order_by_category',
    { clicked: { clothes: 0, sneakers: 1 }, no_order: { clothes: 0, sneakers: 0 } },
    'Everybody who clicked has ordered.',
  ],
  ['no_order_by_category', { clicked: { clothes: 0 }, no_order: { clothes: 0 } }, 'Nobody clicked yet.'],
])('%s of %j answers: %s', (question, counts, sentence) => {
  expect(SENTENCES[question]?.(rowsOf(counts), nameOf, 2026)).toBe(sentence);
});

it('in 2019 the months have nothing to be compared with', () => {
  expect(SENTENCES.orders_by_month?.(rowsOf({ 2019: { 1: 30 } }), nameOf, 2019)).toBe('30 orders in 2019.');
});

it('no question fails where the server has said nothing of it', () => {
  const said = Object.entries(SENTENCES).map(([name, sentence]) => [name, sentence([], nameOf, 2026)]);
  expect(said.filter(([, sentence]) => sentence === '' || sentence === undefined)).toEqual([]);
  expect(said).toHaveLength(8);
});

it('a page is named by its item, and without one by its category', () => {
  expect(pageName('/product/clothes?item=linen-shirt', nameOf)).toBe('Linen shirt');
  expect(pageName('/product/sports_nutrition?item=', nameOf)).toBe('Sports nutrition');
  expect(pageName('/shop/product/unheard', nameOf)).toBe('Unheard');
});
