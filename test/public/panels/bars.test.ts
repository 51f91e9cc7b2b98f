import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { drawColumns, drawRows } from '/js/panels/bars.js';
  const root = (id) => document.getElementById(id);
  window.columns = (...counts) => drawColumns(root('columns'), counts.map((count, n) => (
    { of: String(n), name: 'n' + n, count, label: 'bar ' + n, late: n === 0 ? 2 : 0, faults: n === 1 ? 'kafka: slow' : '' })));
  window.rows = (...products) => drawRows(root('rows'), products.map((product, n) => (
    { of: String(n), name: product, count: n, label: product, product })), (product) => {
      const mark = document.createElement('b');
      mark.textContent = product;
      return mark;
    });
  window.look = (id) => [...root(id).children].map((bar) => [
    bar.getAttribute('aria-label'),
    bar.firstElementChild.style.getPropertyValue('--share') || bar.style.getPropertyValue('--share'),
    ['data-open', 'data-zero', 'data-fault'].filter((name) => bar.hasAttribute(name)).join(' '),
    bar.className,
    bar.textContent,
  ]);
`;

describe.skipIf(noBrowser !== undefined)('bars that are buttons', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('a column says its late events and faults, and its element stays where the next look has fewer', async () => {
    const page = await openWith(context, '<div id="columns"></div><div id="rows"></div>', SCRIPT);
    await page.waitForFunction('window.look');
    await page.evaluate('columns(1000, 0, 500)');
    expect(await page.evaluate('look("columns")')).toEqual([
      ['bar 0, 2 late events', '1', '', 'column', '1,000+2 laten0'],
      ['bar 1; fault: kafka: slow', '0', 'data-zero data-fault', 'column', '0n1'],
      ['bar 2', '0.5', 'data-open', 'column', '500n2'],
    ]);
    await page.evaluate('document.querySelector(".column").focus(), columns(0, 0)');
    expect(await page.evaluate('look("columns")')).toEqual([
      ['bar 0, 2 late events', '0', 'data-zero', 'column', '0+2 laten0'],
      ['bar 1; fault: kafka: slow', '0', 'data-open data-zero data-fault', 'column', '0n1'],
    ]);
    expect(await page.evaluate('document.activeElement === document.querySelector(".column")')).toBe(true);
    await page.evaluate('rows("tea", "books")');
    await page.evaluate('rows("books", "books")');
    expect(await page.evaluate('look("rows")')).toEqual([
      ['books', '0', '', 'row of-books', 'booksbooks0'],
      ['books', '1', '', 'row of-books', 'booksbooks1'],
    ]);
  });
});
