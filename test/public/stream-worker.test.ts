// The tabs of a browser that share a stream: who is told what, and how many connections there are.

import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, startBrowser } from '../support/browser.ts';
import { scriptedShop } from './scripted-shop.ts';

/** @param names of the events that the tab wants */
const html = (...names: string[]) => `<!doctype html><main></main><script type="module">
  import { listen } from '/js/live.js';
  window.heard = [];
  const hear = (name) => [name, (data) => heard.push(name + ' ' + data)];
  listen('/stream', Object.fromEntries(${JSON.stringify(names)}.map(hear)), (connected, missed) => heard.push([connected, missed]));
</script>`;

describe.skipIf(noBrowser !== undefined)('tabs that share a stream', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext();
  const stream = shop.stream('/stream');
  afterEach(async () => {
    await closePages(browser);
    await expect.poll(() => stream.listeners).toBe(0);
  });
  shop.pages.set('/one', html('said'));
  shop.pages.set('/both', html('said', 'asked'));

  const open = async (path: string) => {
    const page = await context.newPage();
    await page.goto(shop.url + path);
    await page.waitForFunction('window.heard?.length > 0');
    return page;
  };
  const heard = (page: Page) => page.evaluate<unknown[]>('heard');

  it('tabs share one connection, and each hears of the events that it has named', async () => {
    const [one, both] = [await open('/one'), await open('/both')];
    await expect.poll(() => stream.listeners).toBe(1);
    stream.tell('asked', 1);
    stream.tell('said', 2);
    await expect.poll(async () => (await heard(both)).slice(-2)).toEqual(['asked 1', 'said 2']);
    await expect.poll(async () => (await heard(one)).at(-1)).toBe('said 2');
    expect((await heard(one)).includes('asked 1')).toBe(false);
  });

  it('a tab that joins is told the whole state as the first one was, and the others miss nothing meanwhile', async () => {
    stream.greeting = [['said', 'all']];
    const one = await open('/one');
    await expect.poll(() => heard(one)).toEqual([[true, false], 'said all']);
    const other = await open('/one');
    await expect.poll(() => heard(other)).toEqual([[true, false], 'said all']);
    expect(await heard(one)).toEqual([[true, false], 'said all', [true, false], 'said all']);
    await expect.poll(() => stream.listeners).toBe(1);
    stream.greeting = [];
  });

  it('a tab that nobody sees leaves the stream to the others, and the last one ends it', async () => {
    const [one, other] = [await open('/one'), await open('/one')];
    const hide = (page: Page) =>
      page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await expect.poll(() => stream.listeners).toBe(1);
    const before = await heard(one);
    await hide(one);
    stream.tell('said', 1);
    await expect.poll(async () => (await heard(other)).at(-1)).toBe('said 1');
    expect(await heard(one)).toEqual(before);
    expect(stream.listeners).toBe(1);
    await hide(other);
    await expect.poll(() => stream.listeners).toBe(0);
  });

  it('tabs are told that the connection is lost, and connect again once for all of them', async () => {
    const [one, other] = [await open('/one'), await open('/one')];
    await expect.poll(() => stream.listeners).toBe(1);
    const { opened } = stream;
    stream.drop();
    for (const page of [one, other])
      await expect
        .poll(async () => (await heard(page)).slice(-2))
        .toEqual([
          [false, false],
          [true, true],
        ]);
    expect(stream.opened).toBe(opened + 1);
  });
});
