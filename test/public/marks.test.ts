import { afterAll, describe, expect, it } from 'vitest';
import { PRODUCTS } from '../../src/events/products.ts';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';

const SCRIPT = `
  import * as marks from '/js/marks.js';
  window.marks = marks;
`;

describe.skipIf(noBrowser !== undefined)('categories of a page', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('the categories of a page are those that the server has written into it, with their names and marks', async () => {
    const page = await openWith(context, '', SCRIPT);
    await page.waitForFunction('window.marks');
    expect(await page.evaluate('marks.PRODUCTS')).toEqual(PRODUCTS);
    expect(await page.evaluate('[marks.categoryName("clothes"), marks.categoryName("books")]')).toEqual([
      'CLOTHES',
      'books',
    ]);
    // A copy each, so that one page can show the mark many times.
    expect(
      await page.evaluate(`(() => {
        const [one, other] = [marks.mark('clothes'), marks.mark('clothes')];
        one.classList.add('changed');
        return [one.tagName, one.classList.contains('of-clothes'), other.classList.contains('changed')];
      })()`),
    ).toEqual(['svg', true, false]);
  });

  it('each category has a shape of its own in charts, and what the shop does not sell has one, too', async () => {
    const page = await openWith(context, '', SCRIPT);
    await page.waitForFunction('window.marks');
    const shapes = await page.evaluate<string[]>('marks.PRODUCTS.map(marks.pointStyle)');
    expect(new Set(shapes).size).toBe(PRODUCTS.length);
    expect(await page.evaluate('marks.pointStyle("books")')).toBe('circle');
  });
});
