// Tabs of one browser, which share the few connections that it has for a host; tabs.whole opens twelve.

import type { Browser, Page } from 'playwright-core';
import request from 'supertest';
import { beforeAll, describe, it, onTestFinished } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { anotherWeb, eventually, type Line, startLine } from '../support/line.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

describe.skipIf(noBrowser !== undefined)('a browser', { timeout: 240_000 }, () => {
  let line: Line;
  let browser: Browser;
  beforeAll(async () => {
    line = await startLine({ timeZone: zoneWhereItIsNoon() });
    browser = await startBrowser();
  });

  const webWith = (streams: number) => anotherWeb(line, { STREAM_LIMIT: streams });

  const isLive = (page: Page) => page.locator('[data-connection]').getByText('Live').waitFor();

  it('a hidden tab without shared workers closes its stream, and gets the whole state when it is seen', async () => {
    const url = await webWith(1);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    await context.addInitScript('delete window.SharedWorker');
    const [front, back] = [await context.newPage(), await context.newPage()];
    const show = (page: Page, state: 'visible' | 'hidden') =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await back.goto(`${url}/dashboard`);
    await isLive(back);
    await show(back, 'hidden');
    await front.goto(`${url}/dashboard`);
    await isLive(front);
    await show(front, 'hidden');
    const totals = () => back.locator('#totals').textContent();
    const before = await totals();
    await request(url)
      .post('/api/events')
      .send(anEvent({ title: 'order' }))
      .expect(202);
    await show(back, 'visible');
    await eventually(async () => (await totals()) !== before);
  });
});
