import { expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalogue/catalogue.ts';
import { newId } from '../../../src/events/ids.ts';
import { PageError, readPage } from '../../../src/simulator/targets/browser.ts';

const [item] = CATALOGUE;
const pageId = newId();
const link = (slug = item?.slug, ampersand = '&amp;') =>
  `<a class="banner" href="/product/accessories?item=${slug}${ampersand}page_id=${pageId}">`;
const form = (names: readonly string[]) =>
  `<form action="/order">${names.map((name) => `<input type="hidden" name="${name}" value="the ${name}">`).join('')}</form>`;

it.each(['&amp;', '&#38;', '&'])(
  'a shopper’s browser reads the banner of a page, whose link has %s between its parameters',
  (ampersand) => {
    expect(readPage(`<main>${link(item?.slug, ampersand)}</main>`)).toEqual({
      shown: { item, pageId },
      traces: [],
      form: undefined,
    });
  },
);

it('a shopper’s browser reads the banner of a shop below a path of its host', () => {
  expect(readPage(link().replace('"/product', '"/shop/product')).shown).toEqual({ item, pageId });
});

it('a shopper’s browser reads the trace bar in its order, with what of it the shop has not taken, and the order form', () => {
  const [newer, older] = [newId(), newId()];
  const traces = `<li data-trace="${newer}" data-at="0"><p data-lost-text></p></li><li data-trace="${older}" data-at="0" data-lost></li><li data-trace="no-id"></li>`;
  expect(readPage(link() + traces + form(['order_id', 'signature', 'item']))).toMatchObject({
    traces: [
      { orderId: newer, isLost: false },
      { orderId: older, isLost: true },
    ],
    form: { order_id: 'the order_id', signature: 'the signature', item: 'the item' },
  });
});

it('a shopper’s browser takes a form without all of its fields for none', () => {
  expect(readPage(link() + form(['order_id', 'signature'])).form).toBeUndefined();
});

it.each([
  ['without a banner', '<main>Nothing to see</main>'],
  ['with a banner of something that the shop does not sell', link('flying-carpet')],
  ['with a banner whose page has no id', link().replace(pageId, 'f00')],
])('a page %s is an error', (_, html) => {
  expect(() => readPage(html)).toThrow(PageError);
});
