// A page that a browser fetches ahead, in all ways that Chromium knows.

import { describe, expect, it } from 'vitest';
import { noBrowser, startWholeBrowser } from '../support/browser.ts';
import { eventually, startLine } from '../support/line.ts';

describe.skipIf(noBrowser !== undefined)('a browser that fetches ahead', async () => {
  if (noBrowser !== undefined) return;
  const [line, browser] = await Promise.all([startLine(), startWholeBrowser()]);

  const clicks = async () => {
    const { rows } = await line.pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM events WHERE title = 'banner_click' AND product = 'sneakers'",
    );
    return rows[0]?.count ?? 0;
  };

  it.each([
    ['<link rel=prefetch>', '<link rel="prefetch" href="/product/sneakers">'],
    [
      'a prefetch rule',
      '<script type="speculationrules">{"prefetch":[{"urls":["/product/sneakers"],"eagerness":"immediate"}]}</script>',
    ],
    [
      'a prerender rule',
      '<script type="speculationrules">{"prerender":[{"urls":["/product/sneakers"],"eagerness":"immediate"}]}</script>',
    ],
  ])(
    'a page that a browser fetches ahead by %s counts when its visitor comes, once',
    { timeout: 240_000 },
    async (_name, markup) => {
      const before = await clicks();
      const context = await browser.newContext({ bypassCSP: true });
      const page = await context.newPage();
      await page.route('**/ahead', (route) =>
        route.fulfill({
          contentType: 'text/html',
          body: `<!doctype html><head>${markup}</head><a href="/product/sneakers">go</a>`,
        }),
      );
      await page.goto(`${line.url}/ahead`);
      await page.waitForTimeout(1_000);
      expect(await clicks()).toBe(before);
      await page.getByText('go').click();
      await page.waitForURL('**/product/sneakers');
      await page.getByRole('button', { name: 'Order now' }).waitFor();
      await eventually(async () => (await clicks()) === before + 1);
      await context.close();
      expect(await clicks()).toBe(before + 1);
    },
  );
});
