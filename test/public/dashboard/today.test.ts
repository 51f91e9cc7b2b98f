import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith } from '../in-page.ts';

const BODY = `${charts}<div data-legend></div>${['banner_show', 'banner_click', 'order', 'rate']
  .map((name) => `<p data-tile="${name}"><b data-number></b> <i data-change></i></p>`)
  .join('')}`;
const SCRIPT = `
  import { drawTiles, todayView } from '/js/dashboard/today.js';
  window.view = todayView;
  window.tiles = (rows, yesterday) => {
    drawTiles({ rows, yesterday });
    return [...document.querySelectorAll('[data-tile]')].map((tile) => [
      tile.querySelector('[data-number]').textContent,
      tile.querySelector('[data-number]').title,
      tile.querySelector('[data-change]').textContent,
      tile.querySelector('[data-change]').dataset.direction,
    ]);
  };
  window.charted = (answer) => {
    const { labels, datasets } = todayView.config(answer).data;
    return { labels, ...Object.fromEntries(datasets.map(({ label, data }) => [label, data])) };
  };`;

const row = (product: string, title: string, count: number) => ({ product, title, count });

describe.skipIf(noBrowser !== undefined)('today', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), BODY, SCRIPT);
  await page.waitForFunction('window.charted');
  const run = (name: string, ...given: readonly object[]) =>
    page.evaluate(`${name}(${given.map((one) => JSON.stringify(one)).join()})`);

  it('a figure of today is the sum of all categories, beside yesterday’s until the same time', async () => {
    const today = [
      row('clothes', 'banner_show', 30),
      row('sneakers', 'banner_show', 20),
      row('clothes', 'banner_click', 8),
      row('clothes', 'order', 3),
    ];
    const yesterday = [row('clothes', 'banner_show', 40), row('clothes', 'banner_click', 8)];
    expect(await run('tiles', today, yesterday)).toEqual([
      ['50', '50', '▲ 25% more than yesterday by this time (40)', 'up'],
      ['8', '8', 'as many as yesterday by this time (8)', 'same'],
      ['3', '3', 'nothing yesterday by this time', 'same'],
      ['37.5', '37.5', '0.0 yesterday by this time', 'same'],
    ]);
  });

  it('orders for each hundred clicks are not told of a day without clicks', async () => {
    const rate = (await run('tiles', [row('clothes', 'order', 1)], [])) as string[][];
    expect(rate.at(-1)).toEqual(['–', 'no clicks yet', 'no clicks yesterday by this time', 'same']);
    const first = (await run('tiles', [row('clothes', 'banner_click', 4)], [])) as string[][];
    expect(first.at(-1)).toEqual(['0.0', '0', 'no clicks yesterday by this time', 'same']);
  });

  it('every category has its bars and its row, those of nothing too', async () => {
    const rows = [row('clothes', 'order', 2), row('sneakers', 'banner_show', 5)];
    expect(await run('charted', { rows })).toEqual({
      labels: ['ACCESSORIES', 'CLOTHES', 'ELECTRONICS', 'SNEAKERS', 'SPORTS_NUTRITION'],
      shows: [0, 0, 0, 5, 0],
      clicks: [0, 0, 0, 0, 0],
      orders: [0, 2, 0, 0, 0],
    });
    const table = await page.evaluate(
      `view.tableRows({ rows: ${JSON.stringify(rows)} }).slice(1, 2).map((row) => view.columns.map(([, text]) => text(row)))`,
    );
    expect(table).toEqual([['CLOTHES', '0', '0', '2']]);
  });

  it('what is said of today is its most ordered category, and of a day without orders that', async () => {
    const rows = [row('clothes', 'banner_show', 9), row('sneakers', 'order', 1)];
    expect(await run('view.reading', { rows })).toBe('Most ordered: sneakers (1).');
    expect(await run('view.reading', { rows: rows.slice(0, 1) })).toBe('Nothing ordered yet.');
    expect(await run('view.isEmpty', { rows: [] })).toBe(true);
  });

  it('the legend of today names the kinds of event by their signs', async () => {
    await page.evaluate(`view.drawHtml(document.querySelector('main'))`);
    expect(await page.locator('[data-legend] .legend-word').allTextContents()).toEqual([
      '○ shows',
      '● clicks',
      '◆ orders',
    ]);
  });
});
