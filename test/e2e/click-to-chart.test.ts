// A person walks home → banner → product → order, and an open dashboard shows that order without a reload.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CATEGORY_NAMES } from '../../src/catalogue/catalogue.ts';
import type { Product } from '../../src/events/products.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

/** Runs in the page: the sum of all points of the scatter, which draws points of one number a little apart. */
const CHARTED_ORDERS = `Chart.getChart(document.querySelector('#today-orders canvas'))
  ?.data.datasets.flatMap(({ data }) => data).reduce((sum, { y }) => sum + Math.round(y), 0) ?? 0`;

describe.skipIf(noBrowser !== undefined)('a click in the shop', { timeout: 240_000 }, () => {
  let line: Line;
  let dashboard: Page;
  let shop: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    line = await startLine({ timeZone: zoneWhereItIsNoon() });
    const browser = await startBrowser();
    const context = await browser.newContext();
    [dashboard, shop] = await Promise.all([context.newPage(), context.newPage()]);
    for (const page of [dashboard, shop]) {
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        // Also how the browser tells of a violated Content-Security-Policy.
        if (message.type() === 'error') complaints.push(message.text());
      });
    }
  }, 240_000);

  const tile = async (title: string) =>
    Number(await dashboard.locator(`[data-tile="${title}"] [data-number]`).innerText());

  /** How many orders the chart of today draws. */
  const charted = () => dashboard.evaluate<number>(CHARTED_ORDERS);

  it('a click and its order become rows, and the order a point on the chart of an open dashboard', async () => {
    await dashboard.goto(`${line.url}/dashboard`);
    await eventually(async () => (await tile('order')) === 0);
    let reloads = 0;
    dashboard.on('framenavigated', () => {
      reloads += 1;
    });

    await shop.goto(line.url);
    await shop.getByRole('link', { name: 'See it' }).click();
    await shop.waitForURL(/\/product\/.*page_id=/);
    const category = /product\/([a-z_]+)/.exec(shop.url())?.[1];
    await shop.getByRole('button', { name: 'Order now' }).click();
    await shop.waitForURL(/\/order\/[0-9a-f]{32}/);
    await shop.getByRole('heading', { name: 'Order successful' }).waitFor();

    await eventually(async () => (await tile('order')) === 1);
    expect([await tile('banner_show'), await tile('banner_click')]).toEqual([2, 1]);
    await eventually(async () => (await charted()) === 1);
    await dashboard.locator('#today-orders [data-table-switch]').click();
    const table = await dashboard.locator('#today-orders [data-table]').innerText();
    expect(table).toContain(CATEGORY_NAMES[category as Product]);
    expect(reloads).toBe(0);
  });

  it('an event can be followed on the trace bar of the shop, through Kafka and Postgres to the chart', async () => {
    const bar = shop.locator('.trace-bar');
    await eventually(async () => /partition \d, offset \d+/.test(await bar.innerText()));
    await eventually(async () => /counted/.test(await bar.innerText()));
  });

  it('nothing is ordered again by reload, back and forward', async () => {
    await shop.reload();
    await shop.goBack();
    await shop.goForward();
    await shop.getByRole('heading', { name: 'Order successful' }).waitFor();
    await shop.goto(line.url);
    await eventually(async () => (await tile('banner_show')) >= 3);
    expect(await tile('order')).toBe(1);
  });

  it('the pages of a purchase leave no error in the browser, and break no Content-Security-Policy', () => {
    expect(complaints).toEqual([]);
  });
});
