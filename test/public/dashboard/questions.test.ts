import { describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../../src/dashboard/questions/questions.ts';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith, partial } from '../in-page.ts';

const SCRIPT = `
  import { Questions } from '/js/dashboard/questions.js';
  window.questions = new Questions();`;

type Row = {
  readonly question: string;
  readonly subject: string;
  readonly measure: string;
  readonly count: number;
};
const row = (question: string, subject: string, measure: string, count: number): Row => ({
  question,
  subject,
  measure,
  count,
});

describe.skipIf(noBrowser !== undefined)('the questions of the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  const panels = await Promise.all(
    Object.entries(QUESTIONS).map(([name, { asks, counts }]) =>
      partial('question', { name, asks, counts, wide: false, whoseText: '' }),
    ),
  );
  const open = async () => {
    const page = await openWith(context, `<p data-questions-as-of></p>${panels.join('')}`, SCRIPT);
    await page.waitForFunction('window.questions');
    const show = (rows: readonly Row[], meta: object = {}) =>
      page.evaluate(
        `questions.show(${JSON.stringify({ rows, meta: { as_of: '2026-03-02T11:00:00Z', year: 2026, counting: false, ...meta } })})`,
      );
    const look = (name: string) =>
      page.evaluate(`(() => {
        const root = document.getElementById('q-${name}');
        const rows = [...root.querySelectorAll('tr')].map((row) => [...row.cells].map(({ textContent }) => textContent));
        return [root.dataset.state, root.querySelector('[data-answer]').textContent, root.querySelector('[data-state-words]').textContent, ...rows];
      })()`);
    return { page, show, look };
  };

  it('each question has its sentence and its numbers, with the moment they are of', async () => {
    const { page, show, look } = await open();
    await show([
      row('saw_ad', 'clothes', 'users', 3),
      row('targets', 'clothes', 'target_1', 1),
      row('targets', 'clothes', 'events', 4),
      row('pages', '/product/clothes?item=linen-shirt', 'visits', 2),
      row('orders_by_month', '1', '2019', 5),
      row('orders_by_month', '1', '2026', 1),
      row('no_order', 'all', 'no_order', 1),
      row('no_order', 'all', 'clicked', 4),
    ]);
    expect(await page.locator('[data-questions-as-of]').textContent()).toBe('As of 12:00:00.');
    expect(await look('saw_ad')).toEqual([
      ...['ready', 'Clothes: 3 people.', ''],
      ['Category', 'People'],
      ['CLOTHES', '3'],
    ]);
    expect(await look('targets')).toEqual([
      ...['ready', 'Clothes leads: 1 order, 100% of all.', ''],
      ['Category', 'Target 1', 'Share'],
      ['CLOTHES', '1', '25%'],
    ]);
    expect(await look('pages')).toEqual([
      ...['ready', 'Linen shirt: 2 visits.', ''],
      ['Page', 'Visits'],
      ['Linen shirt', '2'],
    ]);
    expect(await look('orders_by_month')).toEqual([
      ...['ready', '1 order in 2026 so far (20% of 2019), 5 in 2019.', ''],
      ['Month', '2019', '2026'],
      ['Jan', '5', '1'],
    ]);
    expect(await look('no_order')).toEqual([
      ...['ready', '1 person: 25% of the 4 who clicked.', ''],
      ['Who', 'People'],
      ['Clicked', '4'],
      ['of them, no order', '1'],
    ]);
    expect(await look('devices')).toEqual(['empty', 'Nobody came yet.', '']);
  });

  it('in 2019 itself its months are one column', async () => {
    const { show, look } = await open();
    await show([row('orders_by_month', '1', '2019', 5)], { year: 2019 });
    expect(await look('orders_by_month')).toEqual([
      ...['ready', '5 orders in 2019.', ''],
      ['Month', '2019'],
      ['Jan', '5'],
    ]);
  });

  it('while the people of a file are counted, those two questions say so, and the others do not', async () => {
    const { show, look } = await open();
    await show([row('no_order', 'all', 'clicked', 4)], { counting: true });
    expect(await look('no_order')).toEqual([
      ...['ready', '0 people: 0% of the 4 who clicked.', 'Still being counted.'],
      ['Who', 'People'],
      ['Clicked', '4'],
    ]);
    expect(await look('no_order_by_category')).toEqual([
      'empty',
      'Counting the people of the loaded file …',
      'Still being counted.',
    ]);
    expect(await look('saw_ad')).toEqual(['empty', 'Nobody saw an ad in the last minute.', '']);
  });

  it('a table whose numbers did not move is not written anew', async () => {
    const { page, show } = await open();
    const [still, moved] = [row('saw_ad', 'clothes', 'users', 3), row('ordered_now', 'clothes', 'orders', 1)];
    await show([still, moved]);
    await page.evaluate(`for (const table of document.querySelectorAll('table')) table.dataset.old = ''`);
    await show([still, { ...moved, count: 2 }]);
    expect(await page.locator('#q-saw_ad table[data-old]').count()).toBe(1);
    expect(await page.locator('#q-ordered_now table:not([data-old])').count()).toBe(1);
  });

  it('a page in the background writes nothing until somebody looks', async () => {
    const { page, show, look } = await open();
    await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true })`);
    await show([row('saw_ad', 'clothes', 'users', 3)]);
    expect((await look('saw_ad')) as unknown[]).toEqual(['loading', '\u00a0', '']);
    await page.evaluate('delete document.hidden, questions.draw()');
    expect(((await look('saw_ad')) as unknown[])[1]).toBe('Clothes: 3 people.');
  });
});
