import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const BODY =
  '<dialog data-behind><h2 data-behind-title></h2><table><thead data-behind-head></thead><tbody data-behind-rows></tbody></table></dialog>';
const SCRIPT = `
  import { showBehind } from '/js/panels/behind.js';
  window.show = (words, url) => { document.querySelector('dialog').close(); return showBehind(words, url); };
`;

describe.skipIf(noBrowser !== undefined)('rows behind a bar', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('the rows behind a bar have a column for each field they hold; an older answer does not replace a newer one', async () => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.waitForFunction('window.show');
    const order = '0190a1b2-0000-7000-8000-000000000001';
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/slow', async (route) => {
      await held;
      await route.fulfill({ json: { rows: [] } });
    });
    await page.route('**/fast', (route) =>
      route.fulfill({ json: { rows: [{ order_id: order, simulated: false, title: 'order_placed' }] } }),
    );
    await page.route('**/wrong', (route) =>
      route.fulfill({ status: 400, json: { error: { message: 'no such bar' } } }),
    );
    await page.evaluate('window.older = show("Old", "/slow"), show("Tea", "/fast")');
    release();
    await page.evaluate('older');
    const texts = (selector: string) => page.locator(selector).allTextContents();
    expect(await texts('h2')).toEqual(['Tea: 1 row']);
    expect(await texts('th')).toEqual(['What', 'Simulated', 'Event']);
    expect(await texts('td')).toEqual(['order placed', 'no', '0190a1b2']);
    expect(await page.getAttribute('td a', 'href')).toBe(`/events/${order}`);
    await page.evaluate('show("Tea", "/wrong")');
    expect(await texts('td')).toEqual(['That could not be read: no such bar']);
  });
});
