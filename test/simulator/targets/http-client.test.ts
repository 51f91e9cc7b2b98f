// The client of shoppers against a server that tells what it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { type Cookies, HttpClient } from '../../../src/simulator/targets/http-client.ts';
import { afterFile } from '../../support/after-file.ts';

let origin: string;
const sockets = new Set<unknown>();

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  sockets.add(req.socket);
  let body = '';
  for await (const chunk of req) body += chunk;
  const { cookie, 'content-length': length } = req.headers;
  if (req.url?.endsWith('/set') === true)
    res.setHeader('Set-Cookie', ['a=1; Path=/; HttpOnly', 'b=x=y', 'a=2']);
  if (req.url?.endsWith('/away') === true) res.writeHead(303, { Location: '/' });
  if (req.url?.endsWith('/cut') === true) res.destroy();
  else res.end(JSON.stringify({ method: req.method, url: req.url, cookie, length, body }));
}

beforeAll(async () => {
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterFile(() => server.close());
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function clientOf(base: string): HttpClient {
  const client = new HttpClient(base);
  afterFile(() => client.close());
  return client;
}

const get = (client: HttpClient, path: string, cookies: Cookies = new Map()) =>
  client.ask({ method: 'GET', path, headers: {} }, cookies);

it.each([
  ['', '/product/x?item=y', '/product/x?item=y'],
  ['/', '/', '/'],
  ['/shop', '/', '/shop/'],
  ['/shop/', '/api/events', '/shop/api/events'],
])('the HTTP client of shoppers asks a shop at %j for %s below its path', async (below, path, url) => {
  const client = clientOf(origin + below);
  expect(JSON.parse((await get(client, path)).body)).toMatchObject({ method: 'GET', url });
  expect(client.urlOf(path)).toBe(origin + url);
});

it('the HTTP client of shoppers keeps the cookies that it is given, and sends them again', async () => {
  const client = clientOf(origin);
  const cookies: Cookies = new Map([['c', '3']]);
  await get(client, '/set', cookies);
  expect([...cookies]).toEqual([
    ['c', '3'],
    ['a', '2'],
    ['b', 'x=y'],
  ]);
  expect(JSON.parse((await get(client, '/', cookies)).body)).toMatchObject({ cookie: 'c=3; a=2; b=x=y' });
  expect(JSON.parse((await get(client, '/')).body).cookie).toBeUndefined();
});

it('the HTTP client of shoppers says how many bytes a body has, not how many letters', async () => {
  const asked = { method: 'POST', path: '/', headers: {}, body: 'größe' } as const;
  const { body } = await clientOf(origin).ask(asked, new Map());
  expect(JSON.parse(body)).toMatchObject({ method: 'POST', length: '7', body: 'größe' });
});

it('the HTTP client of shoppers follows no redirect', async () => {
  expect(await get(clientOf(origin), '/away')).toMatchObject({ status: 303, headers: { location: '/' } });
});

it('the HTTP client of shoppers asks again and again over one connection', async () => {
  const client = clientOf(origin);
  sockets.clear();
  for (let asked = 0; asked < 5; asked++) await get(client, '/');
  expect(sockets.size).toBe(1);
});

it('the HTTP client of shoppers rejects where the connection is cut', async () => {
  await expect(get(clientOf(origin), '/cut')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
