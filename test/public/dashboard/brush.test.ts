import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith, partial } from '../in-page.ts';

// A chart of ten days, as the dashboard has it: what is chosen becomes its range, in the same chart.
const SCRIPT = `
  import { chartOptions, midnight, timeAxis } from '/js/dashboard/axes.js';
  import { Brush } from '/js/dashboard/brush.js';
  window.chosen = [];
  let chart;
  const brush = new Brush(document.querySelector('#daily'), (from, to) => {
    window.chosen.push(from + ' ' + to);
    window.show(from, to);
  });
  window.show = (from, to) => {
    const half = 43_200_000;
    const options = chartOptions({ scales: { x: { ...timeAxis(midnight(from) - half, midnight(to) - half, 'day'), offset: false }, y: { display: false } } });
    const plugins = [brush.plugin({ from, to })];
    if (chart === undefined) chart = new Chart(document.querySelector('canvas'), { type: 'bar', plugins, data: { datasets: [{ data: [] }] }, options });
    else {
      chart.options = options;
      chart.update();
    }
  };
  show('2026-03-25', '2026-04-04');`;

describe.skipIf(noBrowser !== undefined)('a range of days on a chart', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  const body = `${charts}<style>.brush { position: absolute; pointer-events: none } canvas { touch-action: pan-y }</style>
    <section id="daily"><button data-brush-back hidden></button>
    <div data-plot style="position: relative; width: 500px; height: 200px"><canvas></canvas>${await partial('brush', {})}</div></section>`;

  async function open() {
    const page = await openWith(context, body, SCRIPT);
    await page.waitForFunction('window.show');
    const first = page.getByRole('slider', { name: 'First day' });
    const last = page.getByRole('slider', { name: 'Last day' });
    const told = async () => [
      await first.getAttribute('aria-valuetext'),
      await last.getAttribute('aria-valuetext'),
    ];
    const chosen = () => page.evaluate('chosen');
    const band = page.locator('[data-brush]');
    return { page, first, last, told, chosen, band, back: page.locator('[data-brush-back]') };
  }

  /** Where the middle of a day is, of ten that are shown. */
  async function atDay(page: Page, day: number) {
    const area = (await page.evaluate(
      '(({ left, width, top }) => ({ left, width, top }))(Chart.getChart(document.querySelector("canvas")).chartArea)',
    )) as {
      left: number;
      width: number;
      top: number;
    };
    const box = await page.locator('canvas').boundingBox();
    return {
      x: (box?.x ?? 0) + area.left + (area.width * (day + 0.5)) / 10,
      y: (box?.y ?? 0) + area.top + 20,
    };
  }
  async function drag(page: Page, from: number, to: number) {
    const [start, end] = [await atDay(page, from), await atDay(page, to)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x, end.y, { steps: 3 });
    await page.mouse.up();
  }

  it('days are chosen by a drag in either direction, over a change of clocks, too', async () => {
    const { page, chosen } = await open();
    await drag(page, 2, 6);
    expect(await chosen()).toEqual(['2026-03-27 2026-04-01']);
    const other = await open();
    await drag(other.page, 6, 2);
    expect(await other.chosen()).toEqual(['2026-03-27 2026-04-01']);
  });

  it('days are chosen among those that are shown by now, in a chart that stayed', async () => {
    const { page, chosen, told } = await open();
    await drag(page, 0, 9);
    await page.evaluate(`show('2026-01-01', '2026-01-11')`);
    expect(await told()).toEqual(['Thu, 1 Jan 2026', 'Sat, 10 Jan 2026']);
    await drag(page, 1, 1.4);
    expect(await chosen()).toEqual(['2026-03-25 2026-04-04', '2026-01-02 2026-01-03']);
  });

  it('a press without a drag chooses nothing, and gives up what the keyboard had begun', async () => {
    const { page, first, chosen, band } = await open();
    await drag(page, 3, 3);
    expect(await chosen()).toEqual([]);
    await first.focus();
    await page.keyboard.press('ArrowRight');
    expect(await band.getAttribute('data-chosen')).toBe('true');
    await drag(page, 5, 5);
    expect([await chosen(), await band.getAttribute('data-chosen')]).toEqual([[], 'false']);
  });

  it('a drag that the browser takes over, as to scroll, chooses nothing', async () => {
    const { page, chosen, band } = await open();
    const [start, end] = [await atDay(page, 2), await atDay(page, 6)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x, end.y, { steps: 3 });
    expect(await band.getAttribute('data-chosen')).toBe('true');
    await page.locator('canvas').dispatchEvent('pointercancel');
    await page.mouse.up();
    expect([await chosen(), await band.getAttribute('data-chosen')]).toEqual([[], 'false']);
  });

  it('days are chosen by the keyboard: each handle says its day and how far it goes, Enter takes them', async () => {
    const { page, first, last, told, chosen } = await open();
    expect(await told()).toEqual(['Wed, 25 Mar 2026', 'Fri, 3 Apr 2026']);
    await first.focus();
    for (const key of ['PageUp', 'ArrowLeft']) await page.keyboard.press(key);
    await last.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await told()).toEqual(['Tue, 31 Mar 2026', 'Thu, 2 Apr 2026']);
    const limits = async (handle: typeof first) =>
      Promise.all(['valuemin', 'valuenow', 'valuemax'].map((name) => handle.getAttribute(`aria-${name}`)));
    expect([await limits(first), await limits(last)]).toEqual([
      ['0', '6', '8'],
      ['6', '8', '9'],
    ]);
    expect(await chosen()).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await chosen()).toEqual(['2026-03-31 2026-04-03']);
  });

  it('Enter without a choice takes nothing', async () => {
    const { page, first, chosen } = await open();
    await first.focus();
    await page.keyboard.press('Enter');
    expect(await chosen()).toEqual([]);
  });

  it('Escape gives a choice up, and once more goes back to the range before the first one that was chosen', async () => {
    const { page, first, told, chosen, band, back } = await open();
    await drag(page, 1, 8);
    await drag(page, 3, 6);
    const [once, twice] = (await chosen()) as string[];
    expect([once, twice]).toEqual(['2026-03-26 2026-04-03', expect.stringMatching(/^2026-03-2\d 2026-0/)]);
    expect(await back.textContent()).toBe('Back to 25 Mar 2026 to 3 Apr 2026');
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    expect(await band.getAttribute('data-chosen')).toBe('false');
    expect(await chosen()).toHaveLength(2);
    await page.keyboard.press('Escape');
    expect(await chosen()).toEqual([once, twice, '2026-03-25 2026-04-04']);
    expect(await told()).toEqual(['Wed, 25 Mar 2026', 'Fri, 3 Apr 2026']);
    expect(await back.isHidden()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await chosen()).toHaveLength(3);
  });

  it('the button goes back, and leaves the focus where days are chosen', async () => {
    const { page, first, chosen, back } = await open();
    await drag(page, 2, 6);
    await back.click();
    expect(await chosen()).toEqual(['2026-03-27 2026-04-01', '2026-03-25 2026-04-04']);
    expect(await first.and(page.locator(':focus')).count()).toBe(1);
  });

  it('the band covers the whole days that are chosen', async () => {
    const { page, first, last, band } = await open();
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await last.focus();
    await page.keyboard.press('Home');
    const [box, one, two] = [await band.boundingBox(), await atDay(page, 0.5), await atDay(page, 1.5)];
    expect(Math.abs((box?.x ?? 0) - one.x)).toBeLessThan(1);
    expect(Math.abs((box?.width ?? 0) - (two.x - one.x))).toBeLessThan(1);
  });
});
