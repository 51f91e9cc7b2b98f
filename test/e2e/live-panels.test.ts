// The live page in a real browser: what one visitor does moves another's panels, without a reload; live-panels.whole has its lists under a
// reader's hands.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { packLog } from '../../src/behaviour/log.ts';
import { moveAt, write } from '../behaviour/moves.ts';
import { noBrowser, STILL } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

describe.skipIf(noBrowser !== undefined)('the live page', async () => {
  if (noBrowser !== undefined) return;
  const { line, browser, context, open } = await shopInBrowser({}, STILL);
  /** Has events happen, without a page that would cause them. */
  const send = (events = 1) =>
    context.request.post(`${line.url}/api/events`, { data: Array.from({ length: events }, () => anEvent()) });
  /** Of all minutes: the one that is not over ends under a test's hands. */
  const visitors = async (page: Page) =>
    (await page.locator('#visitors .column-count').allTextContents())
      .map(Number)
      .reduce((sum, n) => sum + n, 0);
  const category = (page: Page, name: string) =>
    page.locator('#categories .row', { hasText: name }).locator('.row-number').textContent();

  it('every live panel of an empty shop says how to make the first event', async () => {
    const page = await open('/dashboard/live');
    await page.locator('#visitors', { hasText: 'Open the shop in another tab' }).waitFor();
    expect(await page.locator('#raw tbody tr').count()).toBe(0);
    expect(await page.locator('.live-panel').count()).toBe(8);
    for (const panel of await page.locator('.live-panel').all())
      await panel.locator('a.begin').waitFor({ state: 'visible' });
    const commands = page.locator('.first-event code:visible');
    expect(new Set(await commands.allTextContents())).toEqual(
      new Set(['npm run simulate -- --users 1 --duration 30s']),
    );
    expect(await commands.count()).toBe(6);
  });

  it('the live page moves by what two visitors do, each counted once', async () => {
    const page = await open('/dashboard/live');
    await page.locator('#visitors .column').last().waitFor();
    const [one, other] = [await open('/'), await open('/', await browser.newContext())];
    await expect.poll(() => visitors(page)).toBe(2);
    await one.locator('main a[href*="page_id"]').first().click();
    await other.goto(`${line.url}/product/sneakers`);
    await expect.poll(() => page.locator('#categories [data-reading]').textContent()).toContain('click');
    const desktop = page.locator('#devices .row', { hasText: 'desktop' }).locator('.row-number');
    await expect.poll(() => desktop.textContent()).toBe('2');
    await expect.poll(() => page.locator('#latest tbody tr').count()).toBe(2);
    await expect.poll(() => page.locator('#raw tbody tr').count()).toBeGreaterThan(2);
    for (const name of ['visitors', 'pages', 'devices', 'categories', 'latest', 'raw'])
      await page.locator(`#${name} a.begin`).waitFor({ state: 'hidden' });
    // What only a mark and a colour say, a name says too.
    const named = page.locator('#pages .row').first();
    expect(await named.getAttribute('aria-label')).toMatch(
      /, (Accessories|Clothes|Electronics|Sneakers|Sports nutrition): \d+ clicks?$/,
    );
  });

  it('each live panel says how old events are once they are painted', async () => {
    const page = await open('/dashboard/live');
    await page.locator('#visitors .column').last().waitFor();
    await send();
    for (const name of ['visitors', 'devices', 'pages', 'categories', 'latest', 'raw'])
      await page
        .locator(`#${name} [data-fresh]`, { hasText: /^Event → pixel [\d,]+ m?s, p99 [\d,]+ m?s · lag \d+$/ })
        .waitFor();
    // Nobody follows ingest here: what waits is said.
    await page.locator('#sessions [data-fresh]', { hasText: /^No new event painted · lag [1-9]/ }).waitFor();
  });

  it('a click on a bar lists what is in it, as many rows as the bar says', async () => {
    const page = await open('/dashboard/live');
    const bar = page
      .locator('#categories .row', { has: page.locator('.row-number', { hasNotText: /^0$/ }) })
      .first();
    const count = await bar.locator('.row-number').textContent();
    await bar.click();
    const dialog = page.getByRole('dialog');
    await expect
      .poll(() => dialog.getByRole('heading').textContent())
      .toMatch(new RegExp(`: ${count} rows?$`));
    await expect.poll(() => dialog.locator('tbody tr').count()).toBe(Number(count));
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
  });

  it('the raw events pause, say how many wait, and are found by words', async () => {
    const page = await open('/dashboard/live');
    await page.locator('#raw tbody tr').first().waitFor();
    const rows = () => page.locator('#raw tbody tr').count();
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await rows();
    await send();
    await page.getByRole('button', { name: /Go on \(\+\d+ new\)/ }).waitFor();
    await expect.poll(() => page.locator('[data-pause]').textContent()).not.toContain('+0');
    expect(await rows()).toBe(before);
    await page.locator('[data-pause]').click();
    await expect.poll(rows).toBeGreaterThan(before);
    await page.getByRole('searchbox').fill('no such words');
    await expect.poll(rows).toBe(0);
  });

  it('the live page rewinds to an hour ago, when nothing had happened, and comes back', async () => {
    const page = await open('/dashboard/live');
    await expect.poll(() => visitors(page)).not.toBe(0);
    await page.locator('[data-rewind]').fill('-60');
    await page.locator('#visitors', { hasText: 'Nobody in 15 minutes' }).waitFor();
    await expect.poll(() => category(page, 'Sneakers')).toBe('0');
    // The address names the instant: whoever opens it sees the same.
    const linked = await open(page.url().slice(line.url.length));
    await linked.locator('#visitors', { hasText: 'Nobody in 15 minutes' }).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => visitors(page)).not.toBe(0);
    expect(page.url()).not.toContain('at=');
  });

  it('a look back of three hours shows what had moved visitors until then, out of the packed log', async () => {
    const hours = 3_600_000;
    const at = Date.now() - 3 * hours;
    const because = ['four hours ago', 'three hours ago', 'two hours ago', 'an hour ago'];
    await write(
      line.pool,
      because.map((words, n) => moveAt(at + (n - 1) * hours, { because: words })),
    );
    await packLog(line.pool, new AbortController().signal, { chunk: 4, rows: 0 });
    const page = await open(`/dashboard/live?at=${new Date(at).toISOString()}`);
    const whys = page.locator('#log tbody tr td:last-child');
    await expect.poll(() => whys.allTextContents()).toEqual(['three hours ago', 'four hours ago']);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => whys.allTextContents()).toEqual(because.toReversed());
  });

  it('an item that is too long for its cell is cut off, as no row is wider than the list', async () => {
    const page = await open('/dashboard/live');
    const item = 'x'.repeat(60);
    await page.request.post(`${line.url}/api/events`, { data: [anEvent({ context: { item } })] });
    await page.locator('#raw td[data-long]', { hasText: item }).first().waitFor();
    const cut = `(() => {
      const cell = document.querySelector('#raw td[data-long]');
      return [cell.scrollWidth > cell.clientWidth, getComputedStyle(cell).overflowX];
    })()`;
    expect(await page.evaluate(cut)).toEqual([true, 'hidden']);
  });
});
