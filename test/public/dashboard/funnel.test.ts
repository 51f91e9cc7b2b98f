import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { funnelView } from '/js/dashboard/funnel.js';
  const row = (product, device, shows, clicks, orders) => ({ product, device, shows, clicks, orders });
  const rows = [
    row('sneakers', 'desktop', 100, 10, 1),
    row('clothes', 'desktop', 400, 100, 20),
    row('clothes', 'mobile', 0, 0, 5),
  ];
  window.look = (product, device) => {
    const view = funnelView(() => ({ product, device }));
    view.drawHtml(document.querySelector('main'), { rows });
    return [...document.querySelectorAll('tbody tr')].map((tr) => [tr.className, ...[...tr.cells].map((cell) =>
      cell.querySelector('.bar') === null ? cell.textContent : cell.textContent + ' ' + cell.querySelector('.bar').style.inlineSize)]);
  };
  window.say = (product, device, name) => funnelView(() => ({ product, device }))[name]({ rows });`;

describe.skipIf(noBrowser !== undefined)('the funnel', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), '<div data-table></div>', SCRIPT);
  await page.waitForFunction('window.say');
  const run = (expression: string) => page.evaluate(expression);

  it('a category is named once for its devices, in the shop’s order; each column is on one scale', async () => {
    expect(await run(`look('', '')`)).toEqual([
      ['of-clothes', 'CLOTHES', 'desktop', '400 100%', '25%', '100 100%', '20%', '20 100%', '5%'],
      ['of-clothes', 'mobile', '0 0%', '–', '0 0%', '–', '5 25%', '–'],
      ['of-sneakers', 'SNEAKERS', 'desktop', '100 25%', '10%', '10 10%', '10%', '1 5%', '1%'],
    ]);
    expect(await page.locator('th[scope="rowgroup"]').first().getAttribute('rowspan')).toBe('2');
    expect(await page.locator('th[scope="col"]').count()).toBe(8);
  });

  it('the funnel of a category or a device has its rows alone, on their own scale', async () => {
    expect(await run(`look('sneakers', '')`)).toEqual([
      ['of-sneakers', 'SNEAKERS', 'desktop', '100 100%', '10%', '10 100%', '10%', '1 100%', '1%'],
    ]);
    expect(await run(`look('', 'mobile')`)).toEqual([
      ['of-clothes', 'CLOTHES', 'mobile', '0 0%', '–', '0 0%', '–', '5 100%', '–'],
    ]);
    expect(await run(`say('sneakers', '', 'reading')`)).toBe(
      '10% of shows were clicked, 10% of clicks became orders.',
    );
  });

  it('the funnel is empty where none of the chosen rows has an event', async () => {
    expect(await run(`say('sneakers', 'mobile', 'isEmpty')`)).toBe(true);
    expect(await run(`say('clothes', 'mobile', 'isEmpty')`)).toBe(false);
    expect(await run(`look('sneakers', 'mobile')`)).toEqual([]);
  });
});
