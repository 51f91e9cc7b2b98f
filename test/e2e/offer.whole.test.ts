// An offer in the visitor's open shop: pushed without a reload, there after one, redeemable once; and its way on the live page.

import type { APIRequestContext, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { startLive } from '../../src/live/part.ts';
import { noBrowser, STILL, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';

describe.skipIf(noBrowser !== undefined)('an offer', async () => {
  if (noBrowser !== undefined) return;
  const [line, browser] = await Promise.all([startLine(), startBrowser()]);
  const live = await startLive(line.config, testLog);
  const context = await browser.newContext(STILL);
  const pages: Page[] = [];
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.close())));

  async function open(path: string): Promise<Page> {
    const page = await context.newPage();
    pages.push(page);
    await page.goto(line.url + path);
    return page;
  }

  it('an offer comes to who looks at clothes, sneakers and other clothes, and is redeemed once', async () => {
    const page = await open('/');
    await page.getByRole('button', { name: 'You' }).click();
    await page.getByRole('radio', { name: 'Man', exact: true }).check();
    await page.getByLabel('Birthdate').fill('1986-01-01');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForLoadState();
    const panels = await open('/dashboard/live');
    await panels.locator('[data-state-node="init"][data-here]').waitFor();

    await page.goto(`${line.url}/product/clothes?item=fjord-jumper`);
    await panels.locator('[data-state-node="clothes_visited"][data-here]').waitFor();
    await page.goto(`${line.url}/product/sneakers`);
    await panels.locator('[data-state-node="sneakers_visited"][data-here]').waitFor();
    await panels.locator('#log', { hasText: 'You are at “sneakers visited”.' }).waitFor();
    // An hour ago this visitor was not among who had moved.
    await panels.locator('[data-rewind]').fill('-60');
    await panels.locator('#log', { hasText: 'Nobody has moved yet.' }).waitFor();
    expect(await panels.locator('[data-here]').count()).toBe(0);
    await panels.getByRole('button', { name: 'Back to now' }).click();
    await panels.locator('[data-state-node="sneakers_visited"][data-here]').waitFor();
    await page.goto(`${line.url}/product/clothes?item=quay-jeans`);
    const tray = page.getByRole('region', { name: 'Offers' });
    await tray.getByText('Sneakers go with that').first().waitFor();
    await panels.locator('#log tbody tr', { hasText: 'offer1' }).waitFor();
    expect(await panels.locator('#log tbody tr', { hasText: 'you' }).count()).toBeGreaterThan(2);

    await panels.getByRole('button', { name: 'Prove it' }).click();
    await panels.locator('[data-proof]', { hasText: /[1-9]\d* sessions?, no difference/ }).waitFor();

    await page.reload();
    await tray.getByText('Sneakers go with that').first().waitFor();
    const action = await tray.locator('form').first().getAttribute('action');
    const offers = await tray.locator('form').count();
    await tray.getByRole('button', { name: 'Redeem' }).first().press('Enter');
    await page.getByText('Redeemed.').waitFor();
    const redeemedAt = async () =>
      (await line.pool.query('SELECT redeemed_at FROM offers WHERE redeemed_at IS NOT NULL')).rows;
    const before = await redeemedAt();
    expect(before).toHaveLength(1);
    const redeem = (by: APIRequestContext) =>
      by.post(new URL(action ?? '', line.url).href, {
        headers: { origin: line.url, 'sec-fetch-site': 'same-origin' },
      });
    // As the second click of a double one, whose answer the browser shows.
    expect((await redeem(context.request)).url()).toBe(`${line.url}/offers?redeemed=1`);
    expect((await redeem((await browser.newContext()).request)).status()).toBe(409);
    expect(await redeemedAt()).toEqual(before);
    await page.goto(`${line.url}/offers`);
    expect(await page.locator('.offers .offer').count()).toBe(offers - 1);
    await live.close();
  }, 240_000);
});
