import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, startBrowser } from '../support/browser.ts';
import { scriptedShop } from './scripted-shop.ts';

const html = (base: string) => `<!doctype html><html data-base="${base}"><main></main>
  <script type="module">import { address } from '/js/base.js'; window.found = address('/events/1');</script></html>`;

describe.skipIf(noBrowser !== undefined)('addresses', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));

  it.each([
    ['', '/events/1'],
    ['/shop', '/shop/events/1'],
  ])('addresses of a shop that is found at "%s" of its host begin there', async (base, address) => {
    shop.pages.set('/', html(base));
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.waitForFunction('window.found');
    expect(await page.evaluate('window.found')).toBe(address);
  });

  it('addresses of a page lose the note that it was sent a second time, and nothing else', async () => {
    shop.pages.set('/', html(''));
    const page = await context.newPage();
    const shown = async (query: string) => {
      await page.goto(`${shop.url}/${query}`);
      await page.waitForFunction('window.found');
      return page.url().slice(shop.url.length);
    };
    expect(await shown('?item=tea&again=1#main')).toBe('/?item=tea#main');
    expect(await shown('?again=1')).toBe('/');
    expect(await shown('?item=a+b')).toBe('/?item=a+b');
  });
});
