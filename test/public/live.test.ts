// What a page hears of a stream, with a connection of its own; stream-worker.test has tabs that share one.

import { afterEach, describe, expect, it } from 'vitest';
import { closePages, noBrowser, startBrowser } from '../support/browser.ts';
import { scriptedShop } from './scripted-shop.ts';

const HTML = `<!doctype html><main></main><script type="module">
  import { listen } from '/js/live.js';
  window.heard = [];
  listen('/stream', { said: (data) => heard.push(data) }, (...state) => heard.push(state));
</script>`;
const NOT_SHARED = 'delete window.SharedWorker';
const BROKEN_SHARED = `window.SharedWorker = class { constructor() { throw new DOMException('denied', 'SecurityError'); } }`;

describe.skipIf(noBrowser !== undefined)('a page that listens', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext();
  afterEach(() => closePages(browser));
  shop.pages.set('/', HTML);
  const stream = shop.stream('/stream');

  async function open(before = NOT_SHARED) {
    stream.isAway = false;
    const page = await context.newPage();
    await page.addInitScript(before);
    await page.goto(shop.url);
    await page.waitForFunction('window.heard?.length > 0');
    const heard = () => page.evaluate('heard');
    const dispatch = (script: string) => page.evaluate(script);
    const see = (state: 'visible' | 'hidden') =>
      dispatch(`Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
        document.dispatchEvent(new Event('visibilitychange'))`);
    return { page, heard, see, dispatch };
  }
  const CONNECTED = [true, false];
  const AGAIN = [true, true];
  const LOST = [false, false];

  it('a page hears the events that it has named, parsed, and no other', async () => {
    const { heard } = await open();
    stream.tell('other', 1);
    stream.tell('said', { count: 2 });
    await expect.poll(heard).toEqual([CONNECTED, { count: 2 }]);
  });

  it('a page whose connection is lost is told so once it is, and that it may have missed something once it has the next', async () => {
    const { heard } = await open();
    stream.drop();
    await expect.poll(heard).toEqual([CONNECTED, LOST, AGAIN]);
  });

  it('a page whose stream is refused asks again by itself, and has missed nothing before it is connected', async () => {
    const { heard } = await open();
    const all = async () => (await heard()) as unknown[];
    stream.isAway = true;
    stream.drop();
    await expect.poll(async () => (await all()).length).toBeGreaterThanOrEqual(3);
    const [first, ...others] = await all();
    expect(first).toEqual(CONNECTED);
    expect(others).toEqual(others.map(() => LOST));
    stream.isAway = false;
    await expect.poll(async () => (await all()).at(-1)).toEqual(AGAIN);
    stream.tell('said', 1);
    await expect.poll(async () => (await all()).at(-1)).toBe(1);
  });

  it('a page that nobody sees has no connection, and is told that it has missed something when it is seen again', async () => {
    const { heard, see } = await open();
    const { opened } = stream;
    await see('hidden');
    await expect.poll(() => stream.listeners).toBe(0);
    stream.tell('said', 1);
    await see('visible');
    await expect.poll(heard).toEqual([CONNECTED, AGAIN]);
    // Seen twice, as by a change of the window: the connection is the same.
    await see('visible');
    stream.tell('said', 2);
    await expect.poll(heard).toEqual([CONNECTED, AGAIN, 2]);
    expect(stream.opened).toBe(opened + 1);
  });

  it('a page that is left and come back to by the browser’s history connects again', async () => {
    const { heard, dispatch } = await open();
    await dispatch(`dispatchEvent(new Event('pagehide'))`);
    await expect.poll(() => stream.listeners).toBe(0);
    await dispatch(`dispatchEvent(new Event('pageshow'))`);
    await expect.poll(heard).toEqual([CONNECTED, AGAIN]);
  });

  it('a page whose browser forbids shared workers has a connection of its own', async () => {
    const { heard } = await open(BROKEN_SHARED);
    stream.tell('said', 1);
    await expect.poll(heard).toEqual([CONNECTED, 1]);
  });
});
