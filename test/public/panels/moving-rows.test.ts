import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const ROW = 20;
const BODY = `<style>.live-table { height: ${ROW * 5}px; overflow: auto } .row { height: ${ROW}px }</style>
  <div class="live-table"><div id="body"></div></div>`;
/** `run` draws what is due in the page's frames at once, `made` and `fills` count. */
const SCRIPT = `
  import { MovingRows } from '/js/panels/moving-rows.js';
  const body = document.getElementById('body');
  window.fills = 0;
  window.rows = new MovingRows(body, () => {
    const row = document.createElement('div');
    row.className = 'row';
    return { row, parts: row };
  }, (row, value) => {
    window.fills += 1;
    row.textContent = value.name;
  });
  window.values = (count, name) => Array.from({ length: count }, (_, n) => ({ name: name + n }));
  window.texts = () => [...body.children].map(({ textContent }) => textContent);
  window.far = () => [...body.children].flatMap((row, n) => row.hasAttribute('data-far') ? [n] : []);
`;

describe.skipIf(noBrowser !== undefined)('rows that move', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  const open = async () => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.waitForFunction('window.far');
    return {
      page,
      run: <T>(script: string) => page.evaluate<T>(script),
      texts: () => page.evaluate<string[]>('texts()'),
      /** Until it is known which rows are in sight. */
      laidOut: () => page.waitForFunction('far().length > 0'),
    };
  };
  const names = (count: number, name: string) => Array.from({ length: count }, (_, n) => name + n);

  it('rows that are new are drawn at once, also out of sight', async () => {
    const { run, texts } = await open();
    await run('rows.show(values(30, "a"))');
    expect(await texts()).toEqual(names(30, 'a'));
    await run('rows.show(values(40, "b"))');
    expect(await texts()).toEqual(names(40, 'b'));
  });

  it('of rows that change, those in sight are drawn at once, the others within a second, and all where nothing moves', async () => {
    const { page, run, texts, laidOut } = await open();
    await run('rows.show(values(30, "a"))');
    await laidOut();
    await run('rows.show(values(30, "b"))');
    const drawn = await run<string[]>('rows.show(values(30, "c")), texts()');
    expect(drawn.slice(0, 5)).toEqual(names(5, 'c'));
    expect(drawn.at(-1)).not.toBe('c29');
    await page.waitForFunction('texts().at(-1) === "c29"');
    expect(await texts()).toEqual(names(30, 'c'));
    expect(await run('rows.show(values(30, "d"), true), texts()')).toEqual(names(30, 'd'));
  });

  it('a row that is scrolled to is drawn, and those that are farther off than a box’s height are marked', async () => {
    const { page, run, laidOut } = await open();
    await run('rows.show(values(30, "a"))');
    await laidOut();
    // In sight are rows 0 to 5, and as many more are near.
    expect(await run('far()')).toEqual(Array.from({ length: 18 }, (_, n) => n + 12));
    // With what the scroll itself draws: within a second all rows are.
    const drawn = await run<string[]>(`new Promise((resolve) => {
      const box = document.querySelector('.live-table');
      box.addEventListener('scroll', () => resolve(texts()), { once: true });
      rows.show(values(30, 'b'));
      rows.show(values(30, 'c'));
      box.scrollTop = ${ROW * 15};
    })`);
    expect(drawn.slice(15, 20)).toEqual(['c15', 'c16', 'c17', 'c18', 'c19']);
    await page.waitForFunction('far()[0] === 0');
    expect(await run('far()')).toEqual([...Array(9).keys(), 27, 28, 29]);
  });

  it('a row keeps its element, is filled only where its value is another, and goes where there is none', async () => {
    const { run, texts } = await open();
    await run(
      'window.shown = values(3, "a"), rows.show(shown), window.first = document.querySelector(".row")',
    );
    await run('window.fills = 0, rows.show([shown[0], { name: "x" }], true)');
    expect(await texts()).toEqual(['a0', 'x']);
    expect(await run('[fills, first === document.querySelector(".row")]')).toEqual([1, true]);
    await run('rows.show([])');
    expect(await texts()).toEqual([]);
    await run('rows.show(shown)');
    expect(await texts()).toEqual(names(3, 'a'));
  });
});
