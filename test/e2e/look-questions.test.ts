import { describe, expect, it } from 'vitest';
import { loadSample } from '../../seed/sample.ts';
import { noBrowser } from '../support/browser.ts';
import { testLog } from '../support/log.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

describe.skipIf(noBrowser !== undefined)('the questions on the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const { open } = await shopInBrowser({}, {}, ({ pool }) => loadSample(pool, testLog));

  it('all eight questions are answered in a sentence, by nothing where nothing happened', async () => {
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

  it('answers move while somebody watches', async () => {
    const page = await open('/dashboard');
    const shopper = await open('/product/sneakers?item=lane-slip-on');
    // First of all, as it is about one minute.
    await page.locator('#q-saw_ad[data-state="ready"]').waitFor();
    await shopper.getByRole('button', { name: 'Order now' }).click();
    const answer = (name: string) => page.locator(`#q-${name} [data-answer]`);
    await answer('ordered_now').getByText('Sneakers: 1 order.').waitFor();
    await answer('pages').getByText('Lane slip on: 1 visit.').waitFor();
  });
});
