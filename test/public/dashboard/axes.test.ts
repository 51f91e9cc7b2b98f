import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import * as axes from '/js/dashboard/axes.js';
  window.axes = axes;
  // What is written on a canvas, in its order.
  const { fillText } = CanvasRenderingContext2D.prototype;
  window.written = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    window.written.push(text);
    fillText.call(this, text, ...at);
  };
  window.draw = (config) => {
    window.written = [];
    new Chart(document.querySelector('canvas'), config).destroy();
    return window.written;
  };`;

describe.skipIf(noBrowser !== undefined)('the axes of charts', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), `${charts}<div><canvas></canvas></div>`, SCRIPT);
  await page.waitForFunction('window.draw');
  const run = (expression: string) => page.evaluate(expression);

  it('a count begins at zero and is written short; what a chart wants of its own leaves the rest', async () => {
    expect(
      await run(`(() => {
        const { beginAtZero, grid, ticks } = axes.countAxis({ grid: { display: false }, ticks: { maxTicksLimit: 4 } });
        return [beginAtZero, grid, ticks.maxTicksLimit, ticks.precision, ticks.callback(8471220)];
      })()`),
    ).toEqual([true, { display: false }, 4, 0, '8.47 M']);
  });

  it.each([
    ['minute', 'moment', 'hour'],
    ['hour', 'moment', 'hour'],
    ['day', 'fullDay', 'day'],
    ['week', 'fullDay', 'day'],
  ])('a point of a %s is told with its %s, over ticks of a %s', async (resolution, told, unit) => {
    expect(
      await run(`(() => {
        const { min, max, time } = axes.timeAxis(0, 86400000, '${resolution}');
        return [min, max, time.tooltipFormat, time.unit];
      })()`),
    ).toEqual([0, 86_400_000, told, unit]);
  });

  it('a day begins at midnight of the shop, on the day of a change of clocks, too', async () => {
    expect(
      await run(`['2026-03-29', '2026-03-30'].map((day) => new Date(axes.midnight(day)).toISOString())`),
    ).toEqual(['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  });

  it('charts do not move for who asked for less motion, and have no legend but their own', async () => {
    expect(
      await run(`(() => {
        const { animation, plugins, indexAxis } = axes.chartOptions({
          indexAxis: 'y', plugins: { tooltip: { padding: 3 }, legend: { display: true } } });
        return [animation, indexAxis, plugins.legend, plugins.tooltip.padding, plugins.tooltip.displayColors];
      })()`),
    ).toEqual([false, 'y', { display: false }, 3, false]);
  });

  it.each([
    ['{ count: 0, y: 0.26 }', '0 orders'],
    ['{ y: 12345 }', '12,345 orders'],
    ['7', '7 orders'],
  ])('a tooltip says of %s its exact number', async (raw, words) => {
    expect(await run(`axes.exactLabel({ dataset: { label: 'orders' }, raw: ${raw} })`)).toBe(words);
  });

  it('each bar has its number beside it, and each strip its name on it', async () => {
    const bars = await run(`draw({
      type: 'bar', plugins: [axes.barLabels], options: axes.chartOptions({ scales: { x: { display: false }, y: { display: false } } }),
      data: { labels: ['a', 'b'], datasets: [{ data: [12345, 0] }, { data: [3, 4] }] } })`);
    expect(bars).toEqual(['12.3 K', '0', '3', '4']);
    const strips = await run(`draw({
      type: 'line', plugins: [axes.stripNames],
      options: axes.chartOptions({ scales: { x: { display: false }, y: { display: false }, one: { display: false }, two: { display: false } } }),
      data: { labels: ['a'], datasets: [
        { data: [1], strip: 'shows, 1', yAxisID: 'one' }, { data: [2], yAxisID: 'two', strip: 'clicks, 2' }, { data: [3] }] } })`);
    expect(strips).toEqual(['shows, 1', 'clicks, 2']);
  });
});
