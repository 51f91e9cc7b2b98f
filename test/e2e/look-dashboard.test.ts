// The dashboard's states: with numbers, without, with an error; look-dashboard.whole has the rest.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

/** Of the page and of each of its sections, by name, in pixels. */
const heights = (page: Page) =>
  page.evaluate(`Object.fromEntries([
    ['the page', document.documentElement.scrollHeight],
    ...[...document.querySelectorAll('main section')].map((section, at) => [section.id || at, section.offsetHeight]),
  ])`);

describe.skipIf(noBrowser !== undefined)('the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const { line, context, open } = await shopInBrowser({ timeZone: zoneWhereItIsNoon() });

  it('the dashboard says on an empty database what would be here and how to get it here', async () => {
    const page = await open('/dashboard?from=2019-01-01&to=2019-06-01');
    await page.locator('#daily[data-state="empty"]').waitFor();
    expect(await page.locator('#daily [data-message]').textContent()).toContain(
      'npm run seed -- product.csv',
    );
  });

  it('today’s figures move as events arrive, without a reload and without moving the page', async () => {
    const page = await open('/dashboard');
    await page.locator('#today-orders[data-state="empty"]').waitFor();
    const before = await heights(page);
    const shopper = await open('/product/clothes');
    await shopper.getByRole('button', { name: 'Order now' }).click();
    await page.locator('[data-tile="order"] [data-number]').getByText('1', { exact: true }).waitFor();
    await page.locator('#today-orders[data-state="ready"]').waitFor();
    expect(await page.locator('#today-orders [data-legend]').textContent()).toContain('Clothes 1');
    expect(await heights(page)).toEqual(before);
  });

  it('each share of the funnel is of the step that it came from', async () => {
    const page = await context.newPage();
    await page.route('**/api/charts/funnel?*', async (route) => {
      const answer = await (await route.fetch()).json();
      const rows = answer.rows.map((row: object) => ({ ...row, shows: 400, clicks: 100, orders: 20 }));
      await route.fulfill({ json: { ...answer, rows } });
    });
    await page.goto(`${line.url}/dashboard`);
    const rates = page.locator('#funnel tbody tr').first().locator('.funnel-rate');
    await rates.first().waitFor();
    expect(await rates.allTextContents()).toEqual(['25%', '20%', '5%']);
    const words = await page.locator('#funnel').textContent();
    expect(words).toContain('25% of shows were clicked, 20% of clicks became orders.');
  });

  it('a panel shows what the API says of an error, and tries again when asked', async () => {
    const page = await context.newPage();
    let broken = true;
    await page.route('**/api/charts/funnel?*', (route) =>
      broken
        ? route.fulfill({ status: 503, json: { error: { code: 'postgres', message: 'Postgres is away' } } })
        : route.continue(),
    );
    await page.goto(`${line.url}/dashboard`);
    await page.locator('#funnel[data-state="failed"]').waitFor();
    expect(await page.locator('#funnel [data-message]').textContent()).toContain('Postgres is away');
    broken = false;
    await page.locator('#funnel').getByRole('button', { name: 'Try again' }).click();
    await page.locator('#funnel:is([data-state="ready"], [data-state="empty"])').waitFor();
  });
});
