// Who fetches a page without looking at it causes no event; who looks at it later does. visit.whole has a browser that fetches ahead.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
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
  ])('a page that is asked for with %s: %s is no event', async (name, value) => {
    const before = await countAll();
    await request(line.url).get('/').set(name, value);
    await request(line.url).get('/product/clothes').set(name, value);
    // One more for countAll's own.
    expect(await countAll()).toBe(before + 1);
  });

  it('a page is an event where a browser shows it', async () => {
    const before = await countAll();
    await request(line.url).get('/product/clothes').set('sec-fetch-dest', 'document').expect(200);
    await eventually(async () => (await countAll()) >= before + 3);
  });
});
