import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { devicesView } from '/js/dashboard/devices.js';
  window.view = devicesView;
  const { fillText } = CanvasRenderingContext2D.prototype;
  window.draw = (...counts) => {
    const written = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
      written.push(text);
      fillText.call(this, text, ...at);
    };
    const rows = counts.map((count, n) => ({ device: ['desktop', 'mobile'][n], count }));
    new Chart(document.querySelector('canvas'), devicesView.config({ rows })).destroy();
    return written;
  };`;

describe.skipIf(noBrowser !== undefined)('the pie of devices', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), `${charts}<div><canvas></canvas></div>`, SCRIPT);
  await page.waitForFunction('window.draw');
  const answer = (desktop: number, mobile: number, meta: object = {}) =>
    JSON.stringify({
      rows: [
        { device: 'desktop', count: desktop },
        { device: 'mobile', count: mobile },
      ],
      meta: { year: 2019, count: 'users', years: [2019], ...meta },
    });
  const view = (expression: string) => page.evaluate(`view.${expression}`);

  it('a slice has its device, its share and its number on it, and one of nobody has none', async () => {
    expect(await page.evaluate('draw(30000, 10000)')).toEqual([
      ...['desktop', '75%', '30 K'],
      ...['mobile', '25%', '10 K'],
    ]);
    expect(await page.evaluate('draw(0, 4)')).toEqual(['mobile', '100%', '4']);
  });

  it('the pie says who is in front, of people or of events', async () => {
    expect(await view(`reading(${answer(1, 3)})`)).toBe('75% on mobile: 3 of 4 people.');
    expect(await view(`reading(${answer(3, 1, { count: 'events' })})`)).toBe(
      '75% on desktop: 3 of 4 events.',
    );
    expect(await view(`facts(${answer(3, 1)}.meta)`)).toBe(
      'distinct people in 2019; who used both is in both',
    );
    expect(await view(`facts({ count: 'events', year: 2026 })`)).toBe('events in 2026');
    expect(await view(`unit({ count: 'users' })`)).toEqual(['person', 'people']);
    expect(await view(`unit({ count: 'events' })`)).toEqual(['event']);
  });

  it('the pie of a year of nobody names the years of somebody, or how to load the dataset', async () => {
    expect(await view(`isEmpty(${answer(0, 0)})`)).toBe(true);
    expect(await view(`isEmpty(${answer(0, 1)})`)).toBe(false);
    expect(await view(`empty(${answer(0, 0, { year: 2020, years: [2019, 2026] })})`)).toEqual([
      'Nobody came in 2020',
      'There are events in 2019, 2026.',
    ]);
    expect(await view(`empty(${answer(0, 0, { years: [] })})`)).toEqual([
      'Nobody came in 2019',
      'Load the dataset of 2019 with',
      'npm run seed -- product.csv',
    ]);
  });
});
