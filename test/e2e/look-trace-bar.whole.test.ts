// The trace bar: what this visitor caused, filling in as it travels, and the same trace drawn large.

import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';

describe.skipIf(noBrowser !== undefined)('the trace bar', async () => {
  if (noBrowser !== undefined) return;
  const [{ url }, browser] = await Promise.all([startLine(), startBrowser()]);
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));

  /** As a visitor of its own. */
  async function open(path: string): Promise<Page> {
    await context.clearCookies();
    const page = await openPage(context);
    await page.goto(url + path);
    return page;
  }

  it('the trace bar takes a banner’s show from received to the chart while the page is open', async () => {
    const page = await open('/');
    const trace = page.locator('.trace-bar .trace').first();
    await trace.locator('[data-station="chart"][data-done]').waitFor();
    expect(await trace.locator('.trace-event').textContent()).toContain('banner_show');
    expect(await trace.locator('[data-station="kafka"]').textContent()).toMatch(/partition \d+, offset \d+/);
    expect(await trace.locator('[data-station="postgres"] [data-ms]').textContent()).toMatch(/^\+[\d.]+ ms$/);
    expect(await trace.getAttribute('data-at')).toBe('3');
  });

  it('the trace bar shows the newest event, and all of them when asked', async () => {
    const page = await open('/product/clothes');
    expect(await page.locator('.trace-bar .trace:visible').count()).toBe(1);
    await page.getByRole('button', { name: '1 more' }).click();
    expect(await page.locator('.trace-bar .trace:visible').count()).toBe(2);
    await page.getByRole('button', { name: 'Show less' }).click();
    expect(await page.locator('.trace-bar .trace:visible').count()).toBe(1);
  });

  it('the trace bar leads to the event’s own page, which draws the same trace large', async () => {
    const page = await open('/');
    await page.locator('.trace-bar .trace [data-station="postgres"][data-done]').first().waitFor();
    await page.locator('.trace-bar .trace-event').first().click();
    await page.waitForURL('**/events/*');
    await page.locator('.large [data-station="postgres"][data-done]').waitFor();
    expect(await page.locator('h1').textContent()).toContain('banner_show');
    expect(await page.locator('table').textContent()).toContain(page.url().split('/').pop());
  });

  it('the trace bar hears of an event that another tab of the same visitor caused', async () => {
    const page = await open('/');
    const other = await page.context().newPage();
    await other.goto(`${url}/product/sneakers`);
    await page
      .locator('.trace-bar .trace', { hasText: 'banner_click' })
      .first()
      .waitFor({ state: 'attached' });
    expect(await page.getByRole('button', { name: '2 more' }).isVisible()).toBe(true);
  });
});
