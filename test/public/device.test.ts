import { describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { openWith } from './in-page.ts';

const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15';

describe.skipIf(noBrowser !== undefined)('the device', async () => {
  if (noBrowser !== undefined) return;
  const browser = await startBrowser();

  it.each<[string, string, number, number, number, string]>([
    ['a Macintosh', SAFARI, 1440, 900, 0, ''],
    ['the smallest iPad, which calls itself a Macintosh', SAFARI, 744, 1133, 5, 'device_type=tablet'],
    ['an iPad on its side', SAFARI, 1180, 820, 5, 'device_type=tablet'],
    ['a large iPhone that asks for the pages of desktops', SAFARI, 440, 956, 5, 'device_type=mobile'],
    ['an iPhone on its side that does', SAFARI, 956, 440, 5, 'device_type=mobile'],
    ['an iPhone, which says so itself', IPHONE, 440, 956, 5, ''],
  ])('the device that a page tells of %s', async (_, userAgent, width, height, touches, told) => {
    const context = await browser.newContext({ userAgent, screen: { width, height } });
    await context.addInitScript(
      `Object.defineProperty(navigator, 'maxTouchPoints', { get: () => ${touches} })`,
    );
    const page = await openWith(context, '', `import '/js/device.js'; window.done = true;`);
    await page.waitForFunction('window.done');
    expect(await page.evaluate('document.cookie')).toBe(told);
    await context.close();
  });

  it('the device is not told where cookies are forbidden, and the page’s other scripts run', async () => {
    const context = await browser.newContext({ userAgent: SAFARI });
    await context.addInitScript(`Object.defineProperty(navigator, 'maxTouchPoints', { get: () => 5 });
      Object.defineProperty(document, 'cookie', { set() { throw new DOMException('denied', 'SecurityError'); } })`);
    const page = await openWith(context, '', `import '/js/device.js'; window.done = true;`);
    await page.waitForFunction('window.done');
    await context.close();
  });
});
