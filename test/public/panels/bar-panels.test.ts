import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const BODY = '<section id="panel"><p data-reading></p><p data-faults></p><div data-bars></div></section>';
const SCRIPT = `
  import { drawBars } from '/js/panels/bar-panels.js';
  const counts = { orders: ['order', 'orders'], clicks: ['click', 'clicks'] };
  window.draw = (reading, counting, ...rows) => {
    drawBars('panel', { as: 'rows', of: ['product', 'item'], name: 'product', reading, empty: 'Nothing yet.', counts }, rows, counting);
    const panel = document.getElementById('panel');
    return [panel.querySelector('[data-reading]').textContent, panel.hasAttribute('data-empty'),
      ...[...panel.querySelectorAll('button')].map((bar) => bar.dataset.of + ' ' + bar.getAttribute('aria-label'))];
  };
`;

describe.skipIf(noBrowser !== undefined)('panels of bars', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('a panel of bars says its longest with how many tie, its sum, or that it is empty', async () => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.waitForFunction('window.draw');
    const rows = `{ product: 'accessories', item: 'a', orders: 2, clicks: 1 }, { product: 'accessories', item: 'b', orders: 2, clicks: 0 }`;
    const bars = ['accessories/a ACCESSORIES: 2 orders', 'accessories/b ACCESSORIES: 2 orders'];
    expect(await page.evaluate(`draw('first', 'none such', ${rows})`)).toEqual([
      'Most: ACCESSORIES and 1 more, 2 orders each.',
      false,
      ...bars,
    ]);
    expect(await page.evaluate(`draw('first', 'clicks', ${rows})`)).toEqual([
      'Most: ACCESSORIES, 1 click.',
      false,
      'accessories/a ACCESSORIES: 1 click',
      'accessories/b ACCESSORIES: 0 clicks',
    ]);
    expect(await page.evaluate(`draw({ sum: 'in all' }, 'orders', ${rows})`)).toEqual([
      '4 orders in all.',
      false,
      ...bars,
    ]);
    expect(await page.evaluate(`draw('first', 'orders')`)).toEqual(['Nothing yet.', true]);
  });
});
