import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, startBrowser } from '../../support/browser.ts';
import { scriptedShop } from '../scripted-shop.ts';

const HTML = `<!doctype html><main data-time-zone="UTC"><button data-full-screen hidden>Full screen</button>
  <a href="/left" data-leave>Leave</a><p data-full-screen-refused></p><dialog>Rows</dialog></main>
  <template id="category-marks"></template><script type="module" src="/js/panels/present.js"></script>`;

describe.skipIf(noBrowser !== undefined)('present mode', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));
  shop.pages.set('/', HTML);
  shop.pages.set('/left', '<!doctype html>');
  const open = async (before = '') => {
    const page = await context.newPage();
    if (before !== '') await page.addInitScript(before);
    await page.goto(shop.url);
    return { page, button: page.locator('[data-full-screen]') };
  };

  it('present mode offers the whole screen by a button that says what it does next', async () => {
    const { page, button } = await open();
    const words = () => button.textContent();
    expect(await words()).toBe('Full screen');
    await button.click();
    await expect.poll(words).toBe('Leave full screen');
    expect(await page.evaluate('document.fullscreenElement === document.documentElement')).toBe(true);
    await button.click();
    await expect.poll(words).toBe('Full screen');
    expect(await page.evaluate('document.fullscreenElement')).toBe(null);
  });

  it('present mode says that the browser refuses the whole screen, and has no button where it never has one', async () => {
    const refused = await open(
      'Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("no"))',
    );
    await refused.button.click();
    await refused.page.getByText('The browser does not allow it.').waitFor();
    const none = await open('Object.defineProperty(document, "fullscreenEnabled", { value: false })');
    await none.page.waitForLoadState();
    expect(await none.button.isVisible()).toBe(false);
  });

  it('Escape leaves present mode, unless it has something to close first', async () => {
    const { page } = await open();
    await page.evaluate('document.querySelector("dialog").showModal()');
    await page.keyboard.press('a');
    await page.keyboard.press('Escape');
    await page.waitForFunction('!document.querySelector("dialog").open');
    expect(new URL(page.url()).pathname).toBe('/');
    await page.keyboard.press('Escape');
    await page.waitForURL('**/left');
  });
});
