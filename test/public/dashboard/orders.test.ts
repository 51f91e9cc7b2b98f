import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { ordersView, todayOrdersView } from '/js/dashboard/orders.js';
  Object.assign(window, { past: ordersView, today: todayOrdersView });
  window.points = (view, rows, meta) => {
    const { data, options } = view.config({ rows, meta });
    return {
      from: new Date(options.scales.x.min).toISOString(),
      to: new Date(options.scales.x.max).toISOString(),
      points: data.datasets.flatMap(({ label, hidden, pointRadius, data }) =>
        data.map(({ x, y, count }) => [label, hidden, pointRadius, new Date(x).toISOString(), Math.round(y * 100) / 100, count])),
    };
  };`;

const TIME = '2026-03-02T11:00:00.000Z';
const row = (product: string, count: number) => ({ time: TIME, product, count });
const RANGE = { from: '2026-03-02', to: '2026-03-09', resolution: 'hour' };

describe.skipIf(noBrowser !== undefined)('orders over time', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), `${charts}<div data-legend></div>`, SCRIPT);
  await page.waitForFunction('window.points');
  const points = (view: string, rows: readonly object[], meta: object) =>
    page.evaluate(`points(${view}, ${JSON.stringify(rows)}, ${JSON.stringify(meta)})`);

  it('few orders at a time stand apart by category, so that none hides another, and their tooltip is exact', async () => {
    const few = [row('accessories', 12), row('clothes', 12), row('sports_nutrition', 12)];
    expect(await points('past', few, RANGE)).toEqual({
      from: '2026-03-01T23:00:00.000Z',
      to: '2026-03-08T23:00:00.000Z',
      points: [
        ['orders, accessories', false, 5, TIME, 12.26, 12],
        ['orders, clothes', false, 5, TIME, 12.13, 12],
        ['orders, sports_nutrition', false, 5, TIME, 11.74, 12],
      ],
    });
    expect(await page.evaluate(`past.reading({ rows: ${JSON.stringify(few)} })`)).toMatch(
      /Points of one number stand a little apart/,
    );
  });

  it('many orders at a time stand on their line, and many points are smaller', async () => {
    const many = [row('accessories', 13), row('clothes', 1)];
    expect(await points('past', many, RANGE)).toMatchObject({
      points: [
        [expect.anything(), false, 5, TIME, 13, 13],
        [expect.anything(), false, 5, TIME, 1, 1],
      ],
    });
    expect(await page.evaluate(`past.reading({ rows: ${JSON.stringify(many)} })`)).toBe(
      'Most ordered: accessories (13).',
    );
    expect(await points('past', Array(401).fill(row('clothes', 13)), RANGE)).toMatchObject({
      points: Array(401).fill([expect.anything(), false, 3.75, TIME, 13, 13]),
    });
  });

  it('today’s orders are on the axis of the whole day, on the day of a change of clocks, too', async () => {
    expect(await points('today', [], { day: '2026-03-29' })).toEqual({
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-03-29T22:00:00.000Z',
      points: [],
    });
  });

  it('a category that is hidden by its legend stays counted there, and its points are hidden', async () => {
    const answer = { rows: [row('clothes', 2), row('sneakers', 3), row('clothes', 5)], meta: RANGE };
    await page.evaluate(`past.onLegend = () => {};
      past.drawHtml(document.querySelector('main'), ${JSON.stringify(answer)})`);
    const items = page.locator('.legend-item');
    expect(await items.allTextContents()).toEqual([' CLOTHES 7', ' SNEAKERS 3']);
    await items.first().click();
    expect(await points('past', answer.rows, RANGE)).toMatchObject({
      points: [
        ['orders, clothes', true, 5, TIME, 2.13, 2],
        ['orders, clothes', true, 5, TIME, 5.13, 5],
        ['orders, sneakers', false, 5, TIME, 2.87, 3],
      ],
    });
  });

  it('the table tells each point with its moment in the shop’s zone', async () => {
    expect(
      await page.evaluate(
        `today.columns.map(([name, text]) => [name, text(${JSON.stringify(row('clothes', 12_345))})])`,
      ),
    ).toEqual([
      ['Time', '2 Mar 2026, 12:00'],
      ['Category', 'CLOTHES'],
      ['Orders', '12,345'],
    ]);
  });
});
