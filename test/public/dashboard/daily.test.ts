import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { charts, newContext, openWith } from '../in-page.ts';
import { script } from '../script.ts';

const { dayPlus } = await script<{ dayPlus(isoDay: string, days: number): string }>('dashboard/numbers.js');

const SCRIPT = `
  import { dailyView } from '/js/dashboard/daily.js';
  window.view = dailyView;
  window.config = (answer) => {
    const { type, data, options } = dailyView.config(answer);
    const { min, max } = options.scales.x;
    return { type, min: new Date(min).toISOString(), max: new Date(max).toISOString(),
      strips: data.datasets.map(({ strip, data, borderWidth }) => [strip, data.length, new Date(data[0].x).toISOString(), data[0].y, borderWidth > 0]) };
  };`;

type Row = { readonly day: string; readonly title: string; readonly count: number };

/** A range whose every day has 3 shows, 2 clicks and 1 order. */
function answer(from: string, days: number, step = 'day') {
  const rows: Row[] = Array.from({ length: days }, (_, n) => dayPlus(from, n)).flatMap((day) =>
    ['banner_show', 'banner_click', 'order'].map((title, n) => ({ day, title, count: 3 - n })),
  );
  return { rows, meta: { from, to: dayPlus(from, days), step, total: 6 * days } };
}

describe.skipIf(noBrowser !== undefined)('events day by day', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), charts, SCRIPT);
  await page.waitForFunction('window.config');
  const run = (expression: string, ...given: readonly object[]) =>
    page.evaluate(`${expression}(${given.map((one) => JSON.stringify(one)).join()})`);

  it('up to two months are bars, each in the middle of its day, and more are areas', async () => {
    expect(await run('config', answer('2026-01-01', 62))).toEqual({
      type: 'bar',
      min: '2025-12-31T11:00:00.000Z',
      max: '2026-03-03T11:00:00.000Z',
      strips: [
        ['○ shows, 186', 62, '2025-12-31T23:00:00.000Z', 3, false],
        ['● clicks, 124', 62, '2025-12-31T23:00:00.000Z', 2, false],
        ['◆ orders, 62', 62, '2025-12-31T23:00:00.000Z', 1, false],
      ],
    });
    expect(await run('config', answer('2026-01-01', 63))).toMatchObject({
      type: 'line',
      min: '2025-12-31T23:00:00.000Z',
      max: '2026-03-03T23:00:00.000Z',
      strips: [['○ shows, 189', 63, '2025-12-31T23:00:00.000Z', 3, true], {}, {}],
    });
  });

  it('a strip leaves the number of its top to the next one’s bottom', async () => {
    const ticks = await page.evaluate(`(() => {
      const { ticks } = view.config(${JSON.stringify(answer('2026-01-01', 1))}).options.scales.order;
      return [0, 10000, 20000].map((value) => ticks.callback.call({ max: 20000 }, value));
    })()`);
    expect(ticks).toEqual(['0', '10 K', '']);
  });

  it('the table has a line for each day, the newest first, and zero of what did not happen', async () => {
    const { rows, meta } = answer('2026-01-01', 2);
    const table = await page.evaluate(`view.tableRows(${JSON.stringify({ rows: rows.slice(0, -1), meta })})
      .map((row) => view.columns.map(([, text]) => text(row)))`);
    expect(table).toEqual([
      ['Fri, 2 Jan 2026', '3', '2', '0'],
      ['Thu, 1 Jan 2026', '3', '2', '1'],
    ]);
  });

  it('points of more than a day are said to be that, and a range of nothing says how to fill it', async () => {
    expect(await run('view.facts', answer('2026-01-01', 2).meta)).toBe('1 Jan 2026 to 2 Jan 2026');
    expect(await run('view.facts', answer('2026-01-01', 2, 'week').meta)).toBe(
      'one point per week, 1 Jan 2026 to 2 Jan 2026',
    );
    const nothing = {
      rows: answer('2026-01-01', 1).rows,
      meta: { ...answer('2026-01-01', 1).meta, total: 0 },
    };
    expect(await run('view.isEmpty', nothing)).toBe(true);
    expect(await run('view.empty', nothing)).toEqual([
      'No events in this range',
      '1 Jan 2026 has none. The dataset covers January to May 2019; load it with',
      'npm run seed -- product.csv',
    ]);
  });
});
