// The whole path of a visitor with the keyboard alone.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';

const MOST_TABS = 60;

/** Presses Tab until the focused element's text or label contains `words`. */
async function tabTo(page: Page, words: string): Promise<void> {
  const said: string[] = [];
  for (let n = 0; n < MOST_TABS; n += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(
      '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
    );
    if (String(text).includes(words)) return;
    said.push(String(text));
  }
  throw new Error(`no "${words}" within ${MOST_TABS} tabs, only: ${said.join(' | ')}`);
}

describe.skipIf(noBrowser !== undefined)('the keyboard alone', async () => {
  if (noBrowser !== undefined) return;
  const [{ url }, browser] = await Promise.all([startLine(), startBrowser()]);
  const page = await browser.newPage();

  it('the keyboard alone leads from the banner to an order, and each step is visible', async () => {
    await page.goto(url);
    await tabTo(page, 'See it');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/product/**');
    await tabTo(page, 'Order now');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/order/*');
    expect(await page.locator('h1').textContent()).toBe('Order successful');
  });

  it('the first key of a page skips to its content', async () => {
    await page.goto(url);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(page.url()).toBe(`${url}/#main`);
  });

  it('the keyboard opens the definition of a term, and Escape closes it', async () => {
    await page.goto(url);
    await tabTo(page, 'What is this: offset?');
    await page.keyboard.press('Enter');
    const definition = page.locator('#term-offset');
    expect(await definition.isVisible()).toBe(true);
    expect(await definition.textContent()).toContain('number of a record');
    await page.keyboard.press('Escape');
    expect(await definition.isVisible()).toBe(false);
  });

  it('the keyboard opens a chart’s table', async () => {
    await page.goto(`${url}/dashboard`);
    await page.locator('#daily:not([data-state="loading"])').waitFor();
    await tabTo(page, 'Table');
    await page.keyboard.press('Space');
    expect(await page.locator('[data-table-switch]').first().getAttribute('aria-pressed')).toBe('true');
  });
});
