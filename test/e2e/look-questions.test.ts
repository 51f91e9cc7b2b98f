// The questions on the dashboard, and a range chosen on the chart; look-questions.whole has both themes and the keyboard.

import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSample } from '../../seed/sample.ts';
import { closePages, noBrowser, openPage, startBrowser } from '../support/browser.ts';
import { startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const RANGE = 'from=2019-01-01&to=2019-06-01';

describe.skipIf(noBrowser !== undefined)('the questions on the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const [line, browser] = await Promise.all([startLine(), startBrowser()]);
  await loadSample(line.pool, testLog);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));

  async function open(path: string): Promise<Page> {
    const page = await openPage(context);
    await page.goto(line.url + path);
    return page;
  }

  it('are all eight answered in a sentence, by nothing where nothing happened', async () => {
    const page = await open('/dashboard');
    await page.locator('#q-saw_ad[data-state="empty"]').waitFor();
    expect(await page.locator('[data-question]').count()).toBe(8);
    expect(await page.locator('#q-saw_ad [data-answer]').textContent()).toBe(
      'Nobody saw an ad in the last minute.',
    );
    expect(await page.locator('#q-targets [data-answer]').textContent()).toMatch(
      /leads?: \d+ orders, [\d.]+% of all/,
    );
    await expect
      .poll(() => page.locator('#q-no_order [data-answer]').textContent(), { timeout: 20_000 })
      .toMatch(/people: [\d.]+% of/);
  });

  it('move while somebody watches', async () => {
    const page = await open('/dashboard');
    const shopper = await open('/product/sneakers?item=lane-slip-on');
    // First of all, as it is about one minute.
    await page.locator('#q-saw_ad[data-state="ready"]').waitFor();
    await shopper.getByRole('button', { name: 'Order now' }).click();
    const answer = (name: string) => page.locator(`#q-${name} [data-answer]`);
    await answer('ordered_now').getByText('Sneakers: 1 order.').waitFor();
    await answer('pages').getByText('Lane slip on: 1 visit.').waitFor();
  });

  it('a drag over the daily chart becomes the range in the URL, and all of the history follows', async () => {
    const page = await open(`/dashboard?${RANGE}`);
    const canvas = page.locator('#daily[data-state="ready"] canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the chart is not to be seen');
    await page.mouse.move(box.x + box.width / 3, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 120, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=2019-0[12]-\d\d&to=2019-03-\d\d/);
    const from = new URL(page.url()).searchParams.get('from');
    expect(await page.locator('[name="from"]').inputValue()).toBe(from);
    await page.locator('#totals [data-change]').first().getByText('in the period before').waitFor();
    await page.getByRole('button', { name: 'Back to 1 Jan 2019 to 31 May 2019' }).click();
    await page.waitForURL(new RegExp(RANGE));
  });
});
