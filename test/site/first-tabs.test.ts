// Tabs that a browser opens at once, before it has a cookie: what they ask. first-tabs.whole has a real browser.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ settings: { TRUST_PROXY: '1' } });
});

let addresses = 0;
/** A household that nobody has come from yet. */
function newAddress(): string {
  addresses += 1;
  return `192.0.2.${addresses}`;
}

const NAVIGATES = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'user-agent': 'Mozilla/5.0' };

/** Asks as a browser's tab does. */
const open = (path: string, address: string, headers: Readonly<Record<string, string>> = {}) =>
  request(line.url)
    .get(path)
    .redirects(0)
    .set({ ...NAVIGATES, 'x-forwarded-for': address, ...headers });

const cookieOf = (response: request.Response) =>
  response
    .get('Set-Cookie')
    ?.find((text) => text.startsWith('visitor='))
    ?.split(';', 1)[0] ?? '';

const idIn = (cookie: string) => /^visitor=s%3A([0-9a-f]{32})\./.exec(cookie)?.[1];

describe('a browser without a cookie', () => {
  it('a tab without a cookie is sent to its page once more where another has just become a visitor, whom it brings there', async () => {
    const address = newAddress();
    const [first, second] = await Promise.all([
      open('/', address),
      open('/product/clothes?item=fjord-jumper', address),
    ]);
    const [taken, sent] = first.status === 200 ? [first, second] : [second, first];
    expect([taken.status, sent.status]).toEqual([200, 307]);
    expect(sent.get('Set-Cookie')).toBeUndefined();
    expect(sent.get('Cache-Control')).toBe('no-store');
    const location = sent.get('Location') ?? '';
    expect(location).toMatch(/^\/(?:\?again=\d+-1|product\/clothes\?item=fjord-jumper&again=\d+-1)$/);
    const visitor = cookieOf(taken);
    const again = await open(location, address, { cookie: visitor });
    expect(again.status).toBe(200);
    expect(cookieOf(again)).toBe('');
    expect(again.text).not.toMatch(/[?&]again/);
    const events = async () =>
      (await line.pool.query('SELECT FROM events WHERE user_id = $1', [idIn(visitor)])).rowCount;
    await eventually(async () => (await events()) === 3);
  });

  it('a browser that comes back without a cookie is a visitor of its own: somebody else behind the address, or no cookies', async () => {
    const address = newAddress();
    const first = await open('/', address).expect(200);
    for (let other = 0; other < 2; other += 1) {
      const sent = await open('/', address).expect(307);
      const back = await open(sent.get('Location') ?? '', address).expect(200);
      expect(idIn(cookieOf(back))).toMatch(/^[0-9a-f]{32}$/);
      expect(cookieOf(back)).not.toBe(cookieOf(first));
    }
  });

  it('tabs that come back without a cookie, as somebody else’s behind the address, are one visitor’s among themselves', async () => {
    const address = newAddress();
    await open('/', address).expect(200);
    const sent = await Promise.all(['/', '/product/clothes'].map((path) => open(path, address).expect(307)));
    const back = await Promise.all(sent.map((one) => open(one.get('Location') ?? '', address)));
    const taken = back.find(({ status }) => status === 200);
    const other = back.find(({ status }) => status === 307);
    const once = await open(other?.get('Location') ?? '', address, {
      cookie: cookieOf(taken as request.Response),
    });
    expect([once.status, cookieOf(once)]).toEqual([200, '']);
  });

  it('a tab is sent on three times at most, however many others come', async () => {
    const address = newAddress();
    await open('/', address).expect(200);
    let sent = await open('/', address).expect(307);
    for (let times = 2; times <= 3; times += 1) {
      const other = await open('/', address).expect(307);
      await open(other.get('Location') ?? '', address).expect(200);
      sent = await open(sent.get('Location') ?? '', address).expect(307);
      expect(sent.get('Location')).toMatch(new RegExp(`^/\\?again=\\d+-${times}$`));
    }
    const other = await open('/', address).expect(307);
    await open(other.get('Location') ?? '', address).expect(200);
    await open(sent.get('Location') ?? '', address).expect(200);
  });

  it('a tab waits for no newcomer whose answer never ends, as who has a stream in the address bar', async () => {
    const address = newAddress();
    const stream = await fetch(`${line.url}/api/live/panels/stream`, {
      headers: {
        'upgrade-insecure-requests': '1',
        'user-agent': NAVIGATES['user-agent'],
        'accept-language': '*',
        'x-forwarded-for': address,
      },
    });
    expect(stream.status).toBe(200);
    const other = await open('/', address, { 'accept-language': '*' }).timeout(30_000);
    expect(other.status).toBe(307);
    await stream.body?.cancel();
  });

  it.each([
    ['a browser of another address', newAddress(), {}],
    ['a browser of another kind', undefined, { 'user-agent': 'Mozilla/5.0 (another)' }],
    ['a browser of another language', undefined, { 'accept-language': 'is' }],
  ])('%s is answered at once', async (_, other, headers) => {
    const address = newAddress();
    await open('/', address).expect(200);
    await open('/', other ?? address, headers).expect(200);
  });

  it('a request that does not say that it shows a page is answered at once', async () => {
    const address = newAddress();
    const plain = () => request(line.url).get('/').set({ 'x-forwarded-for': address }).expect(200);
    expect(cookieOf(await plain())).not.toBe(cookieOf(await plain()));
  });

  it('a browser without a cookie is not sent to another host', async () => {
    const address = newAddress();
    await open('/', address).expect(200);
    const sent = await open('//example.org/', address).expect(307);
    expect(sent.get('Location')).toMatch(/^\/example\.org\/\?again=\d+-1$/);
  });
});
