import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

// A chart of a hundred minutes, a pixel each, from x = 10 on.
const SCRIPT = `
  import { watchFaults } from '/js/fault-periods.js';
  import { drawFaults } from '/js/dashboard/fault-bands.js';
  const START = Date.parse('2026-03-02T11:00:00Z');
  const minute = (n) => new Date(START + n * 60_000).toISOString();
  const canvas = Object.assign(document.createElement('canvas'), { width: 120, height: 40 });
  const ctx = canvas.getContext('2d');
  const x = { min: START, max: START + 100 * 60_000, getPixelForValue: (ms) => 10 + (ms - START) / 60_000 };
  const chartArea = { left: 10, right: 110, top: 5, bottom: 35 };
  // Runs of painted columns on a line of the canvas.
  const runsOn = (line) => {
    const { data } = ctx.getImageData(0, line, 120, 1);
    const painted = Array.from({ length: 120 }, (_, at) => data[4 * at + 3] > 0);
    const edges = painted.flatMap((is, at) => (is !== (painted[at - 1] ?? false) ? [at] : []));
    return edges.flatMap((at, n) => (n % 2 === 0 ? [[at, edges[n + 1] ?? 120]] : []));
  };
  window.draw = async (scales, ...periods) => {
    window.rows = periods.map(([from, to]) => ({ source: 'tests', fault: 'kafka slow', share: null, from: minute(from), to: minute(to) }));
    await watchFaults(() => minute(0), () => {})();
    ctx.clearRect(0, 0, 120, 40);
    drawFaults({ ctx, chartArea, scales: scales === 'time' ? { x } : {} });
    return [4, 5, 34, 35].map(runsOn);
  };`;

describe.skipIf(noBrowser !== undefined)('bands of faults', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  const page = await openWith(context, '', SCRIPT);
  await page.route('**/api/faults?*', async (route) =>
    route.fulfill({ json: { rows: await page.evaluate('rows') } }),
  );
  await page.waitForFunction('window.draw');
  const draw = (...periods: readonly (readonly [number, number])[]) =>
    page.evaluate(`draw('time', ...${JSON.stringify(periods)})`);
  const from = (...runs: readonly (readonly [number, number])[]) => [[], runs, runs, []];

  it('a band reaches over the height of the chart from the beginning of its fault to its end', async () => {
    expect(await draw([20, 50])).toEqual(from([30, 60]));
    expect(await draw([60, 70], [20, 50])).toEqual(from([30, 60], [70, 80]));
  });

  it('a fault of a moment can be seen, and one that goes beyond the chart ends with it', async () => {
    expect(await draw([20, 20])).toEqual(from([30, 34]));
    expect(await draw([-30, 5], [98, 500])).toEqual(from([10, 15], [108, 110]));
    expect(await draw([99, 99])).toEqual(from([109, 110]));
  });

  it('no band is drawn of what was before or after, nor on a chart without an axis of time', async () => {
    expect(await draw([-30, -10], [101, 200])).toEqual(from());
    expect(await page.evaluate(`draw('none', [20, 50])`)).toEqual(from());
  });
});
