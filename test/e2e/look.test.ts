// What every page owes its reader, on a phone; little to download; and the choices that a reader has.
// npm run test:look looks at all widths and by all rules in both themes, and asks axe-core about each page.

import type { BrowserContext, Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';
import { expectNothingOf, type Look, lookAtEveryPage } from './every-page.ts';

const KB = 1000;
const ALL_SCRIPTS = 110 * KB;
const OWN = 30 * KB;
const PHONE = 320;
/** With forms, charts, lists that move, and most of the shop's other parts: axe-core takes as long as the visit. */
const AXE = ['home', 'order', 'dashboard', 'live', 'definition, changed'];
const LOOKS: [Look] = [{ theme: 'light', width: PHONE, rules: 'all but colours', pages: AXE }];

describe.skipIf(noBrowser !== undefined)('every page', async () => {
  if (noBrowser !== undefined) return;
  const [{ url }, browser] = await Promise.all([startLine(), startBrowser()]);

  let found: Awaited<ReturnType<typeof lookAtEveryPage>>;
  beforeAll(async () => {
    found = await lookAtEveryPage(url, browser, LOOKS);
  }, 600_000);
  expectNothingOf(LOOKS, () => found);

  async function withPage(
    options: Parameters<typeof browser.newContext>[0],
    use: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    try {
      await use(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  it('a page weighs at most 110 KB of compressed script, 30 KB of our own, and 30 KB of CSS', async () => {
    for (const [path, drawn] of [
      ['/', '.trace-bar'],
      ['/product/clothes', '.trace-bar'],
      ['/dashboard', '#devices:not([data-state="loading"])'],
      ['/dashboard/live', '#visitors .column'],
    ] as const) {
      const weights = { all: 0, own: 0, css: 0 };
      // A context each, as the second page would find the first one's files in the cache.
      await withPage({}, async (page) => {
        const weighed: Promise<void>[] = [];
        const weigh = async (request: Request) => {
          const { responseBodySize: size } = await request.sizes();
          const { pathname } = new URL(request.url());
          if (request.resourceType() === 'script') weights.all += size;
          if (/^\/files\/\w+\/js\//.test(pathname)) weights.own += size;
          if (/^\/files\/\w+\/css\//.test(pathname)) weights.css += size;
        };
        page.on('requestfinished', (request) => {
          if (['script', 'stylesheet'].includes(request.resourceType())) weighed.push(weigh(request));
        });
        await page.goto(url + path, { waitUntil: 'load' });
        await page.locator(drawn).first().waitFor({ state: 'attached' });
        await Promise.all(weighed);
      });
      expect(Math.min(weights.own, weights.css), path).toBeGreaterThan(0);
      expect(weights.all, path).toBeLessThanOrEqual(ALL_SCRIPTS);
      expect(weights.own, path).toBeLessThanOrEqual(OWN);
      expect(weights.css, path).toBeLessThanOrEqual(OWN);
    }
  });

  it('a chosen theme is remembered, and forgotten when it is the system’s again', async () => {
    await withPage({ colorScheme: 'light' }, async (page) => {
      const theme = () => page.evaluate('document.documentElement.dataset.theme ?? null');
      await page.goto(url);
      await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
      await page.goto(`${url}/product/clothes`);
      expect(await theme()).toBe('dark');
      await page.getByRole('button', { name: 'Switch to the light theme' }).click();
      await page.reload();
      expect(await theme()).toBe(null);
    });
  });

  it('a page is a single narrow column where the mobile version is forced on a large screen', async () => {
    await withPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
      await page.goto(url);
      await page.getByRole('button', { name: 'You' }).click();
      await page.getByRole('button', { name: 'mobile' }).click();
      await page.waitForLoadState();
      const box = await page.locator('.page').boundingBox();
      expect(box?.width).toBe(430);
    });
  });
});
