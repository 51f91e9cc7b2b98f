// The live page's lists and clocks under a reader's hands: a tab that slept, a keyboard in a list, a snapshot that is late.

import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/dashboard/panels/raw.ts';
import { noBrowser, STILL } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

describe.skipIf(noBrowser !== undefined)('the live page', async () => {
  if (noBrowser !== undefined) return;
  const { line, browser, context, open } = await shopInBrowser({}, STILL);
  /** Has events happen, without a page that would cause them. */
  const send = (events = 1) =>
    context.request.post(`${line.url}/api/events`, { data: Array.from({ length: events }, () => anEvent()) });

  it('the raw events keep what came while the snapshot of now was on its way', async () => {
    await send();
    const page = await context.newPage();
    await page.goto(`${line.url}/dashboard/live`);
    await page.locator('#raw tbody tr').first().waitFor();
    await page.locator('[data-rewind]').fill('-60');
    await page.locator('#visitors', { hasText: 'Nobody in 15 minutes' }).waitFor();
    let release = () => {};
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = () => {};
    const answered = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await page.route(/\/api\/live\/panels\?/, async (route) => {
      const response = await route.fetch();
      asked();
      await late;
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Back to now' }).click();
    await answered;
    const list = page.locator('#raw tbody');
    const before = await list.innerText();
    await send();
    await expect.poll(() => list.innerText(), { timeout: 30_000 }).not.toBe(before);
    const shown = (await list.innerText()).split('\n');
    const seen = page.waitForResponse(/\/api\/live\/panels\?/);
    release();
    await (await seen).finished();
    await page.evaluate('new Promise(requestAnimationFrame)');
    expect((await list.innerText()).split('\n')).toEqual(expect.arrayContaining(shown));
  });

  it('a tab is on waking, after ten minutes of sleep, what a fresh page is', async () => {
    // Whose clock is that of all its pages.
    const page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await page.goto(`${line.url}/dashboard/live`);
    await page.locator('#raw tbody tr').first().waitFor();
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await send();
    await page.clock.fastForward(600_000);
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    const fresh = await open('/dashboard/live');
    await fresh.locator('#raw tbody tr').first().waitFor();
    const seen = (one: Page) => one.locator('#raw tbody').innerText();
    await expect.poll(() => seen(page)).toBe(await seen(fresh));
  });

  it('a screen reader is told who is here once in half a minute, however much comes', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.clock.install();
    await page.goto(`${line.url}/dashboard/live`);
    await page.evaluate(`(() => {
      const summary = document.querySelector('[data-summary]');
      window.said = [];
      new MutationObserver(() => window.said.push(performance.now())).observe(summary, { childList: true });
    })()`);
    await page
      .locator('[data-summary]', { hasText: /^\d+ (?:person|people) in the last whole minute/ })
      .waitFor({
        state: 'attached',
      });
    for (let times = 0; times < 8; times += 1) {
      await send();
      await page.clock.runFor(9_000);
    }
    const said = await page.evaluate<number[]>('window.said');
    expect(said.length).toBeGreaterThan(1);
    for (const [n, at] of said.slice(1).entries()) expect(at - (said[n] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  it('present mode shows nothing but the panels that were asked for', async () => {
    const page = await open('/dashboard/live?present=visitors,devices');
    await page.locator('#visitors .column').last().waitFor();
    expect(await page.locator('.live-panel').count()).toBe(2);
    expect(await page.locator('header.top').count()).toBe(0);
    expect(await page.locator('[data-unknown-panels]').count()).toBe(0);
  });

  it('an iPad that says Macintosh is counted as a tablet from its first page on', async () => {
    const tablet = await browser.newContext({
      userAgent:
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      screen: { width: 820, height: 1180 },
    });
    await tablet.addInitScript("Object.defineProperty(navigator, 'maxTouchPoints', { get: () => 5 })");
    const page = await open('/dashboard/live');
    const tablets = page.locator('#devices .row', { hasText: 'tablet' }).locator('.row-number');
    await expect.poll(() => tablets.textContent()).toBe('0');
    const shop = await open('/product/clothes', tablet);
    await expect.poll(() => tablets.textContent()).toBe('1');
    await page.locator('#devices .row', { hasText: 'tablet' }).click();
    await page.getByRole('heading', { name: 'tablet: 1 person: 1 row' }).waitFor();
    await page.keyboard.press('Escape');
    const rows = () => page.locator('#raw tbody tr').count();
    const before = await rows();
    await shop.reload();
    await expect.poll(rows).toBeGreaterThan(before);
    expect(await tablets.textContent()).toBe('1');
  });

  it('present mode fills the screen where it is asked to, and leaves by the keyboard', async () => {
    const page = await open('/dashboard/live?present=devices,visitors&simulated=exclude');
    expect(await page.locator('.live-panel h2').allTextContents()).toEqual([
      'Here right now, by device',
      'Visitors, minute by minute',
    ]);
    const isFull = () => page.evaluate('document.fullscreenElement !== null');
    await page.getByRole('button', { name: 'Full screen' }).press('Enter');
    await expect.poll(isFull).toBe(true);
    await page.getByRole('button', { name: 'Leave full screen' }).press('Enter');
    await expect.poll(isFull).toBe(false);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${line.url}/dashboard/live?simulated=exclude&#present`);
    await page.locator('header.top').waitFor();
  });

  it('present mode says which panels that it is asked for do not exist, and which do', async () => {
    const page = await open('/dashboard/live?present=visitors,toString,<b>x');
    const said = page.locator('[data-unknown-panels]');
    expect(await said.textContent()).toContain(
      'There is no panel “toString”, “<b>x”. There are: visitors, sessions,',
    );
    expect(await page.locator('.live-panel').count()).toBe(1);
    await page.goto(`${line.url}/dashboard/live?present=nothing`);
    await said.waitFor();
    expect(await page.locator('.live-panel').count()).toBe(8);
  });

  it.each([
    ['2098-01-01T00:00:00Z', /^not shown: .*, expected an instant from 2000 to now$/],
    ['yesterday', /^not shown: "yesterday" is no time, expected one as 2026-03-10T12:34:56Z$/],
    ['2026-03-10T12:34:56Z', /^10 Mar 2026, 12:34$/],
  ])('present mode says of a look back to %s what it shows', async (at, words) => {
    const page = await open(`/dashboard/live?present=visitors&at=${at}`);
    await page.getByRole('status').filter({ hasText: words }).waitFor();
  });

  it('every raw row, also out of sight, is one of the last hundred events', async () => {
    const page = await open('/dashboard/live');
    await page.locator('#raw tbody tr').first().waitFor();
    const places = async () => (await page.locator('#raw tbody a').allTextContents()).sort();
    const stored = async (): Promise<string[]> => {
      const answer = await page.request.get(`${line.url}/api/live/panels?panel=raw`);
      const { rows }: { rows: RawRow[] } = await answer.json();
      return rows.map(({ topic, partition, offset }) => `${topic} ${partition}/${offset}`).sort();
    };
    await send(100);
    await expect.poll(async () => (await places()).length).toBe(100);
    const before = await places();
    await send(100);
    await expect.poll(async () => (await stored()).some((place) => before.includes(place))).toBe(false);
    await expect.poll(async () => isDeepStrictEqual(await places(), await stored())).toBe(true);
  });

  it('raw events stand still while the keyboard is at one of them', async () => {
    const page = await open('/dashboard/live');
    const first = page.locator('#raw tbody a').first();
    await first.waitFor();
    await page.locator('[data-pause]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const place = await first.textContent();
    await send();
    await page.getByRole('button', { name: /Go on \(\+[1-9]\d* new\)/ }).waitFor();
    expect(await first.textContent()).toBe(place);
    await page.keyboard.press('Shift+Tab');
    await expect.poll(() => first.textContent()).not.toBe(place);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });
});
