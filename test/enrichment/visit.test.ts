// Who fetches a page without looking at it causes no event; who looks at it later does.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { noBrowser, startWholeBrowser } from '../support/browser.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const visitorIn = (response: request.Response) =>
  /visitor=s%3A([0-9a-f]{32})\./.exec(String(response.get('Set-Cookie')))?.[1] ?? '';

/** What has been stored once a visit after it has been. */
async function countAll(): Promise<number> {
  const last = visitorIn(await request(line.url).get('/').expect(200));
  return eventually(async () => {
    const { rows } = await line.pool.query<{ all: number; last: number }>(
      'SELECT count(*)::int AS all, count(*) FILTER (WHERE user_id = $1)::int AS last FROM events',
      [last],
    );
    return rows[0]?.last === 1 && rows[0].all;
  });
}

describe('a page that nobody looks at', () => {
  it.each([
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['sec-purpose', 'prefetch;anonymous-client-ip'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
    ['sec-fetch-dest', 'image'],
    ['sec-fetch-dest', 'iframe'],
    ['sec-fetch-dest', 'empty'],
    ['accept', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'],
  ])('is no event: %s: %s', async (name, value) => {
    const before = await countAll();
    await request(line.url).get('/').set(name, value);
    await request(line.url).get('/product/clothes').set(name, value);
    // One more for countAll's own.
    expect(await countAll()).toBe(before + 1);
  });

  it('is an event where a browser shows it as a page', async () => {
    const before = await countAll();
    await request(line.url).get('/product/clothes').set('sec-fetch-dest', 'document').expect(200);
    await eventually(async () => (await countAll()) >= before + 3);
  });
});

describe.skipIf(noBrowser !== undefined)('a browser that fetches ahead', async () => {
  if (noBrowser !== undefined) return;
  const browser = await startWholeBrowser();

  const clicks = async () => {
    const { rows } = await line.pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM events WHERE title = 'banner_click' AND product = 'sneakers'",
    );
    return rows[0]?.count ?? 0;
  };

  it.each([
    ['<link rel=prefetch>', '<link rel="prefetch" href="/product/sneakers">'],
    [
      'a prefetch rule',
      '<script type="speculationrules">{"prefetch":[{"urls":["/product/sneakers"],"eagerness":"immediate"}]}</script>',
    ],
    [
      'a prerender rule',
      '<script type="speculationrules">{"prerender":[{"urls":["/product/sneakers"],"eagerness":"immediate"}]}</script>',
    ],
  ])('by %s counts when its visitor comes, once', { timeout: 240_000 }, async (_name, markup) => {
    const before = await clicks();
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.route('**/ahead', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><head>${markup}</head><a href="/product/sneakers">go</a>`,
      }),
    );
    await page.goto(`${line.url}/ahead`);
    await page.waitForTimeout(1_000);
    expect(await clicks()).toBe(before);
    await page.getByText('go').click();
    await page.waitForURL('**/product/sneakers');
    await page.getByRole('button', { name: 'Order now' }).waitFor();
    await eventually(async () => (await clicks()) === before + 1);
    await context.close();
    expect(await clicks()).toBe(before + 1);
  });
});
