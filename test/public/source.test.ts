import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';

const REFUSED = { status: 503, body: '' };

describe.skipIf(noBrowser !== undefined)('a source of events', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('a source that is refused is asked again after a second, then twice as late each time up to a quarter of a minute', async () => {
    let asked = 0;
    let answer: { status: number; body: string; contentType?: string } = REFUSED;
    await context.route('**/stream', (route) => {
      asked += 1;
      return route.fulfill(answer);
    });
    const page = await openWith(context, '', '');
    const began = Date.now();
    await page.clock.install({ time: began });
    // Otherwise the clock runs on beside what the test lets pass.
    await page.clock.pauseAt(began + 1_000);
    await page.evaluate(`import('/js/source.js').then(({ openSource }) => {
      window.heard = [];
      window.close = openSource('/stream', ['said'], (name, data) => heard.push(name + ' ' + data), (connected) => heard.push(connected));
    })`);
    const failed = (times: number) => page.waitForFunction(`heard.length === ${times}`);
    for (const [n, wait] of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000].entries()) {
      await failed(n + 1);
      await page.clock.runFor(wait - 1);
      expect(asked).toBe(n + 1);
      await page.clock.runFor(1);
      await expect.poll(() => asked).toBe(n + 2);
    }
    await failed(7);
    // What it hears then, and that it has lost the connection, which the browser opens again by itself.
    answer = {
      status: 200,
      contentType: 'text/event-stream',
      body: 'event: said\ndata: 1\n\nevent: other\ndata: 2\n\n',
    };
    await page.clock.runFor(15_000);
    await page.waitForFunction('heard.length >= 10');
    expect(await page.evaluate('heard.slice(7, 10)')).toEqual([true, 'said 1', false]);
    // A connection has been: the next wait is the first one again.
    answer = REFUSED;
    await page.waitForFunction('heard.at(-1) === false && heard.at(-2) === false');
    const before = asked;
    await page.clock.runFor(1_000);
    await expect.poll(() => asked).toBe(before + 1);
    await page.evaluate('close()');
    await page.clock.runFor(60_000);
    expect(asked).toBe(before + 1);
  });
});
