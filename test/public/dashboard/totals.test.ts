import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const BODY = ['banner_show', 'banner_click', 'order', 'rate']
  .map((name) => `<p data-total="${name}"><b data-number>–</b> <i data-change></i></p>`)
  .join('');
const SCRIPT = `
  import { totalsView } from '/js/dashboard/totals.js';
  window.view = totalsView;
  window.draw = (rows) => {
    totalsView.drawHtml(document.querySelector('main'), { rows });
    return [...document.querySelectorAll('[data-total]')].map((tile) => [
      tile.querySelector('[data-number]').textContent,
      tile.querySelector('[data-number]').title,
      tile.querySelector('[data-change]').textContent,
    ]);
  };`;

describe.skipIf(noBrowser !== undefined)('the totals of a range', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), BODY, SCRIPT);
  await page.waitForFunction('window.draw');
  const row = (title: string, count: number, before: number) => ({ title, count, before });
  const draw = (...rows: readonly object[]) => page.evaluate(`draw(${JSON.stringify(rows)})`);

  it('each figure stands beside that of the period before, a very large one short with its digits as its title', async () => {
    expect(
      await draw(
        row('banner_show', 12_345_678, 24_691_356),
        row('banner_click', 1000, 500),
        row('order', 125, 100),
      ),
    ).toEqual([
      ['12.3 M', '12,345,678', '▼ 50% fewer than in the period before (24.7 M)'],
      ['1,000', '1,000', '▲ 100% more than in the period before (500)'],
      ['125', '125', '▲ 25% more than in the period before (100)'],
      ['12.5', '12.5', '20.0 in the period before'],
    ]);
  });

  it('orders for each hundred clicks are not told where nobody clicked', async () => {
    const rate = (await draw(
      row('banner_show', 1, 0),
      row('banner_click', 0, 0),
      row('order', 2, 0),
    )) as string[][];
    expect(rate.at(-1)).toEqual(['–', 'no clicks', 'no clicks in the period before']);
    const first = (await draw(row('banner_click', 8, 0), row('order', 1, 0))) as string[][];
    expect(first.at(-1)).toEqual(['12.5', '12.5', 'no clicks in the period before']);
  });

  it('the range and what it is compared with are named by their days', async () => {
    expect(await page.evaluate(`view.reading({ meta: { from: '2026-03-01', to: '2026-03-08' } })`)).toBe(
      '1 Mar 2026 to 7 Mar 2026',
    );
    expect(await page.evaluate(`view.facts({ before: { from: '2026-02-22', to: '2026-03-01' } })`)).toBe(
      'compared with 22 Feb 2026 to 28 Feb 2026',
    );
  });
});
