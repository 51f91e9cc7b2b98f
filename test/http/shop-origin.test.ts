// The shop asked under names that are its own and names that are not, behind proxies and below a path.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { expectError, expectErrorPage } from '../support/answers.ts';
import { setAside } from '../support/dead-letters.ts';
import { anotherWeb, type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

const PAGES = ['/', '/product/clothes', '/dashboard', '/events/rejected', '/api/docs', '/no/such/page'];
const SHOP = { origin: 'https://x.org', hostname: 'x.org', path: '/shop' };

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const webWith = (settings: Partial<Config>) => anotherWeb(line, settings);
const ask = (url: string, asked: string, host: string) =>
  request(url).get(asked).set({ Host: host, Accept: 'application/json' });

describe('a Host that is not the shop', () => {
  it.each([
    '/',
    '/healthz',
    '/css/base.css',
    '/api/dead-letters',
    '/events/rejected',
    '/metrics',
    '/nothing',
  ])(
    'a Host that is not the shop is 421 on %s, as its page could read what only this machine may',
    async (asked) => {
      for (const host of [
        'evil.example',
        'evil.example:3000',
        'localhost.evil.example',
        '192.0.2.1',
        'a b',
        '',
      ]) {
        expectError(await ask(line.url, asked, host), 421, 'unknown_host');
      }
    },
  );

  it('the page that says so makes no visitor', async () => {
    const page = await ask(line.url, '/', 'evil.example').set('Accept', 'text/html');
    expect([page.status, page.type, page.get('Set-Cookie')]).toEqual([421, 'text/html', undefined]);
  });

  it('a Host that is not the shop can neither discard a dead letter nor be told of it', async () => {
    const [id] = await setAside(line, ['nonsense']);
    const rebound = {
      Host: 'evil.example:3000',
      Origin: 'http://evil.example:3000',
      'Sec-Fetch-Site': 'same-origin',
    };
    const discard = await request(line.url).post(`/api/dead-letters/${id}/discard`).set(rebound);
    expectError(discard, 421, 'unknown_host');
    expectErrorPage(
      await request(line.url)
        .get('/')
        .set({ ...rebound, Accept: 'text/html' }),
      421,
    );
    await request(line.url)
      .get(`/api/dead-letters/${id}`)
      .expect(200, /"state":"open"/);
  });

  it('X-Forwarded-Host is not believed where no proxy is trusted', async () => {
    const response = await ask(line.url, '/healthz', 'evil.example').set('X-Forwarded-Host', 'localhost');
    expectError(response, 421, 'unknown_host');
  });

  it.each([
    'localhost',
    'localhost:3000',
    'LOCALHOST.',
    'shop.localhost:1',
    '127.0.0.1',
    '127.0.0.2:80',
    '[::1]:3000',
  ])('a loopback name or address is taken for the shop: %s', async (host) => {
    await ask(line.url, '/healthz', host).expect(200);
  });

  it('a request without Host is taken in HTTP/1.0, which no browser speaks', async () => {
    expect(await sendRaw(line.url, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('Host may be HOST or PUBLIC_URL, with any port', async () => {
    const url = await webWith({ HOST: '0.0.0.0', PUBLIC_URL: { ...SHOP, path: '' } });
    for (const host of ['0.0.0.0:3000', 'x.org', 'X.org:8443', '127.0.0.1'])
      await ask(url, '/healthz', host).expect(200);
    for (const host of ['y.org', 'www.x.org', '192.0.2.1']) await ask(url, '/healthz', host).expect(421);
  });
});

describe('below the path of PUBLIC_URL', () => {
  it('every link, form, script and style leads below it, whether or not the proxy takes it off', async () => {
    const url = await webWith({ PUBLIC_URL: SHOP });
    for (const page of PAGES) {
      for (const asked of [page, `/shop${page}`]) {
        const { text } = await request(url).get(asked).set({ Host: 'x.org', Accept: 'text/html' });
        const links = [...text.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, link = '']) => link);
        expect(links.length).toBeGreaterThan(10);
        expect(links.filter((link) => !/^(?:#|data:|\/shop\/)/.test(link))).toEqual([]);
        expect(text).toContain('data-base="/shop"');
      }
    }
    const home = await request(url).get('/shop').set('Host', 'x.org').expect(200);
    for (const [, file = ''] of home.text.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g))
      await request(url).get(file).set('Host', 'x.org').expect(200);
    await request(url).get('/shopping').set('Host', 'x.org').expect(404);
  });

  it('scripts ask below it: none names an address of the shop but by base.js', () => {
    const folder = path.join(packageRoot, 'public', 'js');
    const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.js'),
    );
    expect(scripts.length).toBeGreaterThan(10);
    const asks =
      /(?:fetch|EventSource|sendBeacon|assign|replace|open)\(\s*[`'"]\/|\.(?:href|src|action) = [`'"]\//;
    expect(scripts.filter((file) => asks.test(readFileSync(path.join(folder, file), 'utf8')))).toEqual([]);
  });

  it('cookies and redirects stay below it, and cookies are sent by TLS alone', async () => {
    const url = await webWith({ PUBLIC_URL: SHOP, TRUST_PROXY: 1 });
    const told = { Host: 'app:3000', 'X-Forwarded-Host': 'x.org', 'X-Forwarded-Proto': 'https' };
    const first = await request(url).get('/shop/').set(told).expect(200);
    expect(first.get('Set-Cookie')?.[0]).toMatch(
      /^visitor=.*; Path=\/shop;.*HttpOnly; Secure; SameSite=Lax$/,
    );
    const here = /name="here" value="([^"]*)"/.exec(first.text)?.[1];
    const forget = () => request(url).post('/shop/visitor/forget').type('form').set(told);
    const forgotten = await forget().send({ here }).expect(303).expect('Location', '/shop/');
    expect(forgotten.get('Set-Cookie')?.join()).toMatch(
      /visitor=s%3A\.[^;]*; Path=\/shop; Expires=Thu, 01 Jan 1970/,
    );
    await forget().send({ here: '/product/clothes?x' }).expect('Location', '/shop/product/clothes?x');
    await forget().send({ here: '//evil.example' }).expect('Location', '/shop/');
    const { body } = await request(url).get('/api/openapi.json').set(told).expect(200);
    expect(body.servers).toEqual([{ url: '/shop' }]);
    const plain = await request(url).get('/');
    expect(plain.get('Set-Cookie')?.[0]).not.toContain('Secure');
  });
});

describe('behind a proxy that rewrites Host', () => {
  const says = {
    'X-Forwarded-Host': { 'X-Forwarded-Host': 'x.org', 'X-Forwarded-Proto': 'https' },
    Forwarded: { Forwarded: 'for=127.0.0.1;host="x.org";proto=https' },
  };

  it.each(Object.entries(says))('%s says which origin is our own', async (_name, headers) => {
    const url = await webWith({ PUBLIC_URL: SHOP, TRUST_PROXY: 1 });
    const [id] = await setAside(line, ['nonsense']);
    const discard = (origin: string) =>
      request(url)
        .post(`/shop/events/rejected/${id}/discard`)
        .type('form')
        .set({ Host: 'app:3000', Accept: 'application/json', Origin: origin, ...headers });
    for (const origin of ['https://app:3000', 'http://x.org', 'https://x.org:8443', 'https://evil.example'])
      expectError(await discard(origin), 403, 'other_origin');
    await discard('https://x.org').expect(303).expect('Location', `/shop/events/rejected/${id}`);
  });

  it('a forged host name beside the proxy’s is refused', async () => {
    const url = await webWith({ PUBLIC_URL: SHOP, TRUST_PROXY: 1 });
    const forged = { 'X-Forwarded-Host': 'x.org', Forwarded: 'host=evil.example' };
    expectError(await ask(url, '/healthz', 'app:3000').set(forged), 421, 'unknown_host');
    const before = { 'X-Forwarded-Host': 'x.org, evil.example' };
    expectError(await ask(url, '/healthz', 'app:3000').set(before), 421, 'unknown_host');
    expectError(await ask(url, '/healthz', 'app:3000'), 421, 'unknown_host');
  });
});
