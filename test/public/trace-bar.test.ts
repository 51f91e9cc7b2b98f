// The trace bar's list as the stream tells of events; e2e/look-trace-bar.whole has it in the shop.

import { afterEach, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/tracing/trace.ts';
import { closePages, noBrowser, STILL, startBrowser } from '../support/browser.ts';
import { scriptedShop } from './scripted-shop.ts';
import { view } from './view.ts';

const trace = (n: number, changes: Partial<Trace> = {}): Trace => ({
  order_id: `event-${n}`,
  title: 'banner_click',
  product: 'clothes',
  received_at: `2026-03-02T09:00:0${n}.000Z`,
  robot: false,
  lost: null,
  kafka: null,
  postgres: null,
  chart: null,
  ...changes,
});

describe.skipIf(noBrowser !== undefined)('the trace bar', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));
  const stream = shop.stream('/api/trace');

  /** @param known to the page from the start, newest first */
  async function open(known: readonly Trace[] = []) {
    const bar = await view('partials/trace-bar', { traces: known });
    const marks = await view('partials/categories', {});
    // As on the page of an order, the first event is drawn above as well.
    const large =
      known.length === 0
        ? ''
        : `<ul class="large">${await view('partials/traces', { traces: known.slice(0, 1) })}</ul>`;
    shop.pages.set(
      '/',
      `<!doctype html><main>${large}</main>${bar}${marks}<script type="module" src="/js/trace-bar.js"></script>`,
    );
    const page = await context.newPage();
    const { opened } = stream;
    await page.goto(shop.url);
    await expect.poll(() => stream.opened).toBeGreaterThan(opened);
    const ids = () =>
      page.evaluate<string[]>(
        '[...document.querySelectorAll("#traces > li")].map(({ dataset }) => dataset.trace)',
      );
    const toggle = page.locator('.trace-bar-toggle');
    return { page, ids, toggle };
  }

  it('the trace bar has events in the order in which they were received, the newest eight of them', async () => {
    const { page, ids, toggle } = await open();
    const nothing = page.locator('.trace-bar-empty');
    expect(await nothing.isVisible()).toBe(true);
    expect(await toggle.isVisible()).toBe(false);
    stream.tell('trace', trace(5));
    await expect.poll(ids).toEqual(['event-5']);
    expect(await nothing.isVisible()).toBe(false);
    expect(await toggle.isVisible()).toBe(false);
    for (const n of [7, 6, 3]) stream.tell('trace', trace(n));
    await expect.poll(ids).toEqual(['event-7', 'event-6', 'event-5', 'event-3']);
    expect(await toggle.textContent()).toBe('3 more');
    for (const n of [1, 2, 4, 8, 9]) stream.tell('trace', trace(n));
    await expect.poll(ids).toEqual([9, 8, 7, 6, 5, 4, 3, 2].map((n) => `event-${n}`));
    expect(await toggle.textContent()).toBe('7 more');
  });

  it('the trace bar fills in every drawing of an event that the page has, and adds none', async () => {
    const { page, ids } = await open([trace(2), trace(1)]);
    stream.tell(
      'trace',
      trace(2, { kafka: { topic: 'ecommerce', partition: 3, offset: '14', ms: 2 }, postgres: { ms: 9.5 } }),
    );
    const facts = page.locator('[data-trace="event-2"] [data-station="kafka"] [data-fact]');
    await expect.poll(() => facts.allTextContents()).toEqual(Array(2).fill('partition 3, offset 14'));
    expect(await ids()).toEqual(['event-2', 'event-1']);
  });

  it('the trace bar shows all events where its button is pressed, which then says the opposite', async () => {
    const { page, toggle } = await open([trace(2), trace(1)]);
    const state = async () => [
      await toggle.textContent(),
      await toggle.getAttribute('aria-expanded'),
      await page.locator('[data-trace-bar]').getAttribute('data-open'),
    ];
    expect(await state()).toEqual(['1 more', 'false', null]);
    await toggle.press('Enter');
    expect(await state()).toEqual(['Show less', 'true', '']);
    await toggle.press('Enter');
    expect(await state()).toEqual(['1 more', 'false', null]);
  });

  it('the trace bar says that the connection is gone, and nothing once it is back', async () => {
    const { page } = await open();
    const state = page.locator('.trace-bar-state');
    expect(await state.isVisible()).toBe(false);
    stream.isAway = true;
    stream.drop();
    await state.waitFor();
    expect(await state.textContent()).toContain('The connection is gone');
    stream.isAway = false;
    await state.waitFor({ state: 'hidden' });
    expect(await state.textContent()).toBe('');
  });
});
