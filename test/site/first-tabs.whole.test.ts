// Tabs that a real browser opens at once, before it has a cookie.

import type { BrowserContext } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { eventually, startLine } from '../support/line.ts';

const ROUNDS = 4;

describe.skipIf(noBrowser !== undefined)('a real browser', { timeout: 240_000 }, async () => {
  if (noBrowser !== undefined) return;
  const [line, browser] = await Promise.all([startLine(), startBrowser()]);

  async function visitorsSince(instant: Date, events: number): Promise<number> {
    return eventually(async () => {
      const { rows } = await line.pool.query<{ events: number; visitors: number }>(
        'SELECT count(*)::int AS events, count(DISTINCT user_id)::int AS visitors FROM events WHERE "time" >= $1',
        [instant],
      );
      return rows[0]?.events === events && rows[0].visitors;
    });
  }

  /** A page in a tab of its own; what the address bar says. */
  async function tab(context: BrowserContext, path: string): Promise<string> {
    const page = await context.newPage();
    await page.goto(`${line.url}${path}`);
    return page.url();
  }

  it(`a browser is one visitor with all the tabs that it opens first, in ${ROUNDS} rounds of three`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = new Date();
      const context = await browser.newContext();
      const paths = ['/', '/product/sneakers', '/dashboard'];
      const shown = await Promise.all(paths.map((path) => tab(context, path)));
      expect(shown).toEqual(paths.map((path) => `${line.url}${path}`));
      expect(await visitorsSince(began, 3)).toBe(1);
      await context.close();
    }
  });

  it('a browser is another visitor than its like beside it', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = new Date();
      const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
      await Promise.all(contexts.map((context) => tab(context, '/')));
      expect(await visitorsSince(began, 2)).toBe(2);
      await Promise.all(contexts.map((context) => context.close()));
    }
  });
});
