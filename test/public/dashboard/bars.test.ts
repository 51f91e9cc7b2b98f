import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { bars } from '/js/dashboard/bars.js';
  const place = document.querySelector('[data-bars]');
  const cellOf = (cell) => [
    cell.textContent,
    cell.querySelector('.bar')?.hidden === false ? cell.querySelector('.bar').style.inlineSize : '',
    cell.querySelector('.number')?.title ?? '',
  ];
  window.draw = (table) => {
    bars(place, table, (count) => count + ' exactly');
    return [...place.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) =>
      cell.matches('.bar-cell') ? cellOf(cell) : cell.textContent));
  };`;

describe.skipIf(noBrowser !== undefined)('a table of bars', async () => {
  if (noBrowser !== undefined) return;
  const page = await openWith(await newContext(), '<div data-bars></div>', SCRIPT);
  await page.waitForFunction('window.draw');
  const draw = (table: object) =>
    page.evaluate(`draw(${JSON.stringify(table)})`) as Promise<(string | string[])[][]>;
  const row = (subject: string, measure: string, count: number) => ({ subject, measure, count });
  const long = (share: number) => `calc(${share === 1 ? '100%' : `${share * 100}%`} - ${share * 12}px)`;

  it('a bar is as long as its share of the highest of its measure; nothing has no bar', async () => {
    const rows = [row('desktop', 'users', 20_000), row('mobile', 'users', 10_000), row('mobile', 'now', 2)];
    const measures = [
      { measure: 'users', name: 'Overall' },
      { measure: 'now', name: 'Right now' },
    ];
    expect(await draw({ subject: 'device', rows, measures })).toEqual([
      ['Device', 'Overall', 'Right now'],
      ['desktop', ['20 K', long(1), '20000 exactly'], ['0', '', '0 exactly']],
      ['mobile', ['10 K', long(0.5), '10000 exactly'], ['2', long(1), '2 exactly']],
    ]);
  });

  it('measures that share a scale are compared with each other; months have their names', async () => {
    const rows = [row('1', '2019', 4), row('12', '2026', 1)];
    const measures = [
      { measure: '2019', name: '2019' },
      { measure: '2026', name: '2026' },
    ];
    expect(await draw({ subject: 'month', rows, measures, shared: true })).toEqual([
      ['Month', '2019', '2026'],
      ['Jan', ['4', long(1), '4 exactly'], ['0', '', '0 exactly']],
      ['Dec', ['0', '', '0 exactly'], ['1', long(0.25), '1 exactly']],
    ]);
  });

  it('a table whose counts are all zero has no bar, a category its mark, and one without rows is none', async () => {
    const measures = [{ measure: 'users', name: 'People' }];
    const rows = [row('clothes', 'users', 0)];
    expect(await draw({ subject: 'category', rows, measures })).toEqual([
      ['Category', 'People'],
      ['CLOTHES', ['0', '', '0 exactly']],
    ]);
    expect(await page.locator('tr.of-clothes th[scope="row"] svg').count()).toBe(1);
    expect(await draw({ subject: 'category', rows: [], measures })).toEqual([]);
    expect(await page.locator('[data-bars]').innerHTML()).toBe('');
  });

  it('a measure that is a text is made of the others of its subject, and a subject may have a name', async () => {
    const words = await page.evaluate(`draw({
      subject: 'page', name: (path) => path.toUpperCase(),
      rows: [{ subject: '/a', measure: 'visits', count: 3 }],
      measures: [{ name: 'Twice', value: (get) => String(2 * get('visits') + get('unknown')) }] })`);
    expect(words).toEqual([
      ['Page', 'Twice'],
      ['/A', '6'],
    ]);
  });
});
