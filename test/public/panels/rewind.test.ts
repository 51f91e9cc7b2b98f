// What a reader asks for by the slider or the page's address, in a browser; panels/page has what the panels make of it.

import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, startBrowser } from '../../support/browser.ts';
import { scriptedShop } from '../scripted-shop.ts';

const NOW = '2026-03-02T09:00:00.000Z';
const HTML = `<!doctype html><main data-time-zone="UTC">
  <input type="range" min="-60" max="0" value="0" data-rewind><output data-rewind-at>now</output>
  <button data-rewind-now hidden>Back to now</button>
  <p class="panel-tools"><a href="/api?panel=raw&format=csv">CSV</a></p><a href="/live?present=raw" data-present>Present</a>
  <form><input name="at" type="hidden" disabled data-rewound-to></form></main>
  <template id="category-marks"></template>
  <script type="module">
    import { rewoundTo, sayNotShown, watchRewind } from '/js/panels/rewind.js';
    const asked = [];
    watchRewind((instant) => asked.push([instant, rewoundTo()]));
    Object.assign(window, { asked, sayNotShown });
  </script>`;

describe.skipIf(noBrowser !== undefined)('a look back', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));
  shop.pages.set('/', HTML);

  async function open(query = '') {
    const page = await context.newPage();
    await page.clock.install({ time: NOW });
    await page.goto(`${shop.url}/${query}`);
    await page.waitForFunction('window.asked');
    const slider = page.locator('[data-rewind]');
    const says = async () => [
      await page.locator('[data-rewind-at]').textContent(),
      await slider.getAttribute('aria-valuetext'),
    ];
    const asked = () => page.evaluate<(string | undefined)[][]>('asked');
    const links = () =>
      page.evaluate<string[]>('[...document.links].map(({ href }) => new URL(href).search)');
    return { page, slider, says, asked, links };
  }
  /** Seconds of an ISO instant before NOW. */
  const ago = (iso: string | undefined) => Math.round((Date.parse(NOW) - Date.parse(iso ?? '')) / 1_000);

  it('a look back by the slider is asked for once it rests, and named by the page’s address, its links and its form', async () => {
    const { page, slider, says, asked, links } = await open();
    await slider.fill('-1');
    await slider.fill('-5');
    await page.clock.runFor(1_000);
    const [[instant, to] = [], ...others] = await asked();
    expect(others).toEqual([]);
    expect(to).toBe(instant);
    expect(ago(instant)).toBeGreaterThan(270);
    expect(ago(instant)).toBeLessThanOrEqual(300);
    expect((await says())[0]).toMatch(/^08:5[45]:\d\d, 5 minutes ago$/);
    expect((await says())[1]).toBe((await says())[0]);
    expect(new URL(page.url()).searchParams.get('at')).toBe(instant);
    expect((await links()).map((search) => new URLSearchParams(search).get('at'))).toEqual([
      instant,
      instant,
    ]);
    expect((await links())[0]).toContain('panel=raw&format=csv');
    expect(await page.evaluate('new URLSearchParams(new FormData(document.forms[0])).get("at")')).toBe(
      instant,
    );
    expect(await page.locator('main').getAttribute('data-rewound')).toBe('');
  });

  it('a look back ends at the button, which goes and gives the keyboard back to the slider', async () => {
    const { page, slider, says, asked, links } = await open();
    await slider.fill('-5');
    await page.clock.runFor(1_000);
    await page.getByRole('button', { name: 'Back to now' }).press('Enter');
    expect((await asked()).slice(1)).toEqual([[undefined, undefined]]);
    expect(await says()).toEqual(['now', 'now']);
    expect(await slider.inputValue()).toBe('0');
    expect(page.url()).toBe(`${shop.url}/`);
    expect((await links()).some((search) => new URLSearchParams(search).has('at'))).toBe(false);
    expect(await page.evaluate('[...new FormData(document.forms[0])].length')).toBe(0);
    expect(await page.evaluate('document.activeElement.matches("[data-rewind]")')).toBe(true);
    expect(await page.locator('[data-rewind-now]').isVisible()).toBe(false);
    expect(await page.locator('main').getAttribute('data-rewound')).toBe(null);
  });

  it('a look back that was asked for and taken back before the slider rested is not made', async () => {
    const { page, slider, asked, says } = await open('?at=2026-03-02T08:50:00Z');
    await slider.fill('-30');
    await page.getByRole('button', { name: 'Back to now' }).press('Enter');
    await page.clock.runFor(1_000);
    expect((await asked()).map(([instant]) => instant)).toEqual(['2026-03-02T08:50:00.000Z', undefined]);
    expect(await says()).toEqual(['now', 'now']);
  });

  it('a look back goes on being as long ago as it is, until its panels can’t be had', async () => {
    const { page, says } = await open('?at=2026-03-02T08:50:00Z');
    expect((await says())[0]).toBe('08:50:00, 10 minutes ago');
    await page.clock.runFor(120_000);
    expect((await says())[0]).toBe('08:50:00, 12 minutes ago');
    await page.evaluate('sayNotShown("it is too early")');
    await page.clock.runFor(120_000);
    expect((await says())[0]).toBe('not shown: it is too early');
  });

  it('a look back by a link goes farther than the slider, and one to what is no time is not made', async () => {
    const { slider, says, asked } = await open('?at=2026-02-27T12:34:56Z');
    expect(await asked()).toEqual([['2026-02-27T12:34:56.000Z', '2026-02-27T12:34:56.000Z']]);
    expect(await says()).toEqual(['27 Feb 2026, 12:34', '27 Feb 2026, 12:34']);
    expect(await slider.inputValue()).toBe('-60');
    const other = await open('?at=yesterday');
    expect(await other.asked()).toEqual([]);
    expect((await other.says())[0]).toBe(
      'not shown: "yesterday" is no time, expected one as 2026-03-10T12:34:56Z',
    );
  });
});
