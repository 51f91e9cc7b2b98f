// The shop behind a reverse proxy and below a path, in a real browser.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { anotherWeb, eventually, type Line, startLine } from '../support/line.ts';
import { startReverseProxy } from '../support/reverse-proxy.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const webWith = (settings: Partial<Config>) => anotherWeb(line, settings);
describe.skipIf(noBrowser !== undefined)('a browser behind a proxy', { timeout: 240_000 }, () => {
  it.each([true, false])(
    'a dead letter is mended below a path (taken off by the proxy: %s)',
    async (takesOff) => {
      const browser = await startBrowser();
      const target = await webWith({
        PUBLIC_URL: { origin: 'http://localhost', hostname: 'localhost', path: '/shop' },
        TRUST_PROXY: 1,
      });
      const port = await startReverseProxy({
        target,
        path: '/shop',
        takesOff,
        says: (headers, client) => ({
          'x-forwarded-host': headers.host ?? '',
          'x-forwarded-proto': 'http',
          'x-forwarded-for': client,
        }),
      });
      const [id] = await setAside(line, ['nonsense']);
      const page = await (await browser.newContext()).newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
      });
      await page.goto(`http://127.0.0.1:${port}/shop/events/rejected`);
      await page.locator(`a[href="/shop/events/rejected/${id}"]`).click();
      await page.locator('#event').fill(JSON.stringify(anEvent()));
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('heading', { name: 'Sent again' }).waitFor();
      await eventually(
        async () => Number(await page.locator('main [data-trace]').getAttribute('data-at')) >= 2,
      );
      await page.goto(`http://127.0.0.1:${port}/shop/product/clothes`);
      await page.getByRole('button', { name: 'Order now' }).click();
      await page.getByRole('heading', { name: 'Order successful' }).waitFor();
      expect(page.url()).toContain('/shop/order/');
      await page.goto(`http://127.0.0.1:${port}/shop/dashboard`);
      await page.locator('#today[data-state="ready"]').waitFor();
      expect(complaints).toEqual([]);
    },
  );
});
