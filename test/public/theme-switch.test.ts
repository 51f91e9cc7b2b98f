// Light and dark: what is remembered, and what a page looks like before its first paint (theme.js).

import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';

const BODY =
  '<button class="theme-switch" type="button" hidden></button><script src="/js/theme.js"></script>';
const SCRIPT = `
  addEventListener('theme', () => { window.heard = (window.heard ?? 0) + 1; });
  await import('/js/theme-switch.js');
  window.isReady = true;
`;
const DENIED = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })`;

describe.skipIf(noBrowser !== undefined)('the theme', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  async function open() {
    const page = await openWith(context, BODY, SCRIPT);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction('window.isReady');
    const theme = () => page.evaluate('document.documentElement.dataset.theme ?? null');
    const kept = () => page.evaluate('localStorage.getItem("theme")');
    const reload = async () => {
      await page.reload();
      await page.waitForFunction('window.isReady');
    };
    const press = (to: 'light' | 'dark') =>
      page.getByRole('button', { name: `Switch to the ${to} theme` }).click();
    return { page, theme, kept, press, reload };
  }

  it('a theme that is chosen is kept, and forgotten where it is what the system says anyway', async () => {
    const { page, theme, kept, press, reload } = await open();
    expect(await theme()).toBe(null);
    await press('dark');
    expect([await theme(), await kept()]).toEqual(['dark', 'dark']);
    await reload();
    expect(await theme()).toBe('dark');
    await press('light');
    expect([await theme(), await kept()]).toEqual([null, null]);
    // The page follows the system again, and its button says so.
    const before = await page.evaluate<number>('heard');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Switch to the light theme' }).waitFor();
    expect(await page.evaluate('heard')).toBe(before + 1);
    await press('light');
    expect([await theme(), await kept()]).toEqual(['light', 'light']);
    await page.evaluate('localStorage.clear()');
  });

  it('a theme that was stored by something else is none', async () => {
    const { page, theme, reload } = await open();
    await page.evaluate('localStorage.setItem("theme", "sepia")');
    await reload();
    expect(await theme()).toBe(null);
    await page.getByRole('button', { name: 'Switch to the dark theme' }).waitFor();
    await page.evaluate('localStorage.clear()');
  });

  it('a theme that cannot be kept lasts for the page', async () => {
    const { page, theme, press } = await open();
    await page.addInitScript(DENIED);
    await page.reload();
    await page.waitForFunction('window.isReady');
    await press('dark');
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: 'Switch to the light theme' }).waitFor();
  });
});
