// Twelve tabs of one browser. A host that speaks HTTP/1.1 gets six connections of a browser, for all of its tabs.

import type { Browser, Page } from 'playwright-core';
import request from 'supertest';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { noBrowser, STILL, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { anotherWeb, eventually, type Line, startLine } from '../support/line.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

const TABS = 12;
/** One of the dashboards and one of the trace bars, each twice for the moment in which it is opened anew. */
const STREAMS = 4;

describe.skipIf(noBrowser !== undefined)('a browser', { timeout: 240_000 }, () => {
  let line: Line;
  let browser: Browser;
  beforeAll(async () => {
    line = await startLine({ timeZone: zoneWhereItIsNoon() });
    browser = await startBrowser();
  });

  const webWith = (streams: number) => anotherWeb(line, { STREAM_LIMIT: streams });

  const isLive = (page: Page) => page.locator('[data-connection]').getByText('Live').waitFor();

  it(`${TABS} tabs of a browser are live with one connection for each stream, and each hears of every event`, async () => {
    const url = await webWith(STREAMS);
    const context = await browser.newContext(STILL);
    onTestFinished(() => context.close());
    const shops: Page[] = [];
    const dashboards: Page[] = [];
    for (let tab = 0; tab < TABS; tab += 1) {
      const page = await context.newPage();
      await page.goto(`${url}${tab % 2 === 0 ? '/' : '/dashboard'}`);
      (tab % 2 === 0 ? shops : dashboards).push(page);
    }
    for (const page of dashboards) await isLive(page);
    const [first] = shops as [Page];
    await first.goto(`${url}/product/sneakers`);
    // The show of the ad, which came last: the other tabs did not make it, and all see it reach the chart.
    const ad = await first.locator('#traces > [data-trace]').first().getAttribute('data-trace');
    for (const page of shops)
      await page.locator(`#traces > [data-trace="${ad}"][data-at="3"]`).waitFor({ state: 'attached' });
    const facts = () =>
      Promise.all(dashboards.map((page) => page.locator('#today [data-facts]').textContent()));
    const before = await facts();
    await request(url)
      .post('/api/events')
      .send(anEvent({ title: 'order' }))
      .expect(202);
    await eventually(async () => (await facts()).every((said, tab) => said !== before[tab]));
  });

  it('a browser that forbids storage and shared workers hears of events, and no script of a page fails', async () => {
    const url = await webWith(STREAMS);
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    await context.addInitScript(`
      const denied = () => { throw new DOMException('denied', 'SecurityError'); };
      for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
        Object.defineProperty(window, name, { get: denied });
      window.SharedWorker = class { constructor() { denied(); } };`);
    const failed: string[] = [];
    context.on('weberror', (error) => failed.push(String(error.error())));
    const page = await context.newPage();
    for (const path of ['/pipeline', '/lessons/quiz', '/aggregator', '/dashboard/live', '/dashboard'])
      await page.goto(`${url}${path}`);
    await isLive(page);
    await page.goto(url);
    await page.locator('#traces > [data-trace][data-at="3"]').first().waitFor({ state: 'attached' });
    expect(failed).toEqual([]);
  });
});
