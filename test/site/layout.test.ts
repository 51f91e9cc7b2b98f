import type { Request } from 'express';
import { expect, it } from 'vitest';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { itemHref, layoutOf, viewHelpers } from '../../src/site/layout.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { anEvent } from '../support/events.ts';

const requestOf = (
  method: string,
  originalUrl: string,
  headers: Readonly<Record<string, string>> = {},
): Request =>
  ({ method, originalUrl, get: (name: string) => headers[name.toLowerCase()] }) as unknown as Request;
const visitor = {
  id: 'ab'.repeat(16),
  profile: { gender: 'F', birthdate: null },
  siteVersion: 'mobile',
  siteVersionForced: true,
} as const;

it('a page knows where it is, for the forms that come back to it; the answer to a form leads to the front page', () => {
  const traces = new Traces();
  const layout = layoutOf(requestOf('GET', '/product/clothes?item=x'), visitor, traces, 'Clothes');
  expect(layout).toEqual({
    pageTitle: 'Clothes',
    here: '/product/clothes?item=x',
    siteVersion: 'mobile',
    siteVersionForced: true,
    visitor: { gender: 'F', birthdate: null },
    asksForPrivacy: false,
    traces: [],
  });
  expect(layoutOf(requestOf('POST', '/order'), visitor, traces, '').here).toBe('/');
  expect(layoutOf(requestOf('GET', '/', { 'sec-gpc': '1' }), visitor, traces, '').asksForPrivacy).toBe(true);
});

it('a page shows the newest eight events of its visitor', () => {
  const traces = new Traces();
  const events = Array.from({ length: 10 }, () => anEvent({ user_id: visitor.id }));
  for (const event of [...events, anEvent()]) traces.begin(event, 0);
  const shown = layoutOf(requestOf('GET', '/'), visitor, traces, '').traces.map(({ order_id }) => order_id);
  expect(shown).toEqual(
    events
      .toReversed()
      .slice(0, 8)
      .map(({ order_id }) => order_id),
  );
});

it('an item is linked with the page_id of the banner that leads to it, where there is one', () => {
  const [item] = CATALOGUE;
  if (item === undefined) throw new Error('no items');
  expect(itemHref(item)).toBe(`/product/${item.product}?item=${item.slug}`);
  expect(itemHref(item, 'a&b')).toBe(`/product/${item.product}?item=${item.slug}&page_id=a%26b`);
});

it('prices are euros with cents', () => {
  expect([0, 5, 8_900, 123_456].map(viewHelpers.euros)).toEqual(['€0.00', '€0.05', '€89.00', '€1,234.56']);
});

it('a part of pages that is the same in all of them is made once for each name, also where it is empty', () => {
  let made = 0;
  const make = (text: string) => () => {
    made += 1;
    return text;
  };
  const { kept } = viewHelpers;
  expect([kept('layout.test a', make('A')), kept('layout.test b', make(''))]).toEqual(['A', '']);
  expect([kept('layout.test a', make('x')), kept('layout.test b', make('x'))]).toEqual(['A', '']);
  expect(made).toBe(2);
});
