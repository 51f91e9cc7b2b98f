import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith, partial } from './in-page.ts';

const SCRIPT = `
  import { showOffer } from '/js/offer.js';
  window.show = showOffer;
`;

describe.skipIf(noBrowser !== undefined)('offers in the shop', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  const body = await partial('offer-template', {});

  it('an offer is shown once, the newest first, until it is put off; the tray goes with the last one', async () => {
    const page = await openWith(context, body, SCRIPT);
    await page.waitForFunction('window.show');
    const show = (id: string) =>
      page.evaluate(`show({ id: '${id}', title: 'Offer ${id}', words: 'Ten per cent off ${id}.' })`);
    const tray = page.getByRole('region', { name: 'Offers' });
    const titles = () => tray.locator('h2').allTextContents();
    expect(await tray.count()).toBe(0);
    for (const id of ['a', 'b', 'a']) await show(id);
    expect(await titles()).toEqual(['Offer b', 'Offer a']);
    expect(await tray.locator('p').first().textContent()).toBe('Ten per cent off b.');
    expect(await tray.locator('form').first().getAttribute('action')).toBe('/offers/b/redeem');
    await tray.getByRole('button', { name: 'Later' }).first().press('Enter');
    expect(await titles()).toEqual(['Offer a']);
    // Who uses the keyboard goes on at the next one.
    expect(
      await page.evaluate('document.activeElement.closest(".offer")?.querySelector("h2").textContent'),
    ).toBe('Offer a');
    // It was put off: the stream that tells it again is not heard.
    await show('b');
    expect(await titles()).toEqual(['Offer a']);
    await tray.getByRole('button', { name: 'Later' }).click();
    await tray.waitFor({ state: 'hidden' });
  });

  it('an offer on a page without a tray is nothing', async () => {
    const page = await openWith(context, '', SCRIPT);
    await page.waitForFunction('window.show');
    await page.evaluate(`show({ id: 'a', title: 'Offer', words: '' })`);
    expect(await page.locator('h2').count()).toBe(0);
  });
});
