// What a visitor's cookie may be: forged, broken, oversized, sent twice.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/events/ids.ts';
import { type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
let secret: string;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  secret = readFileSync(path.join(line.config.DATA_DIR, 'cookie-secret'), 'utf8').trim();
});

/** A cookie's value as the shop signs it. */
function signed(value: string, key = secret): string {
  const signature = createHmac('sha256', key).update(value).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${value}.${signature}`);
}

const visitorCookie = (value: string, key = secret) => `visitor=${signed(value, key)}`;

describe('a cookie', () => {
  /** The id that the shop knows this request by: the cookie's, or the one in a new cookie. */
  async function visitorFor(cookie: string): Promise<string | undefined> {
    const response = await request(line.url).get('/').set('Cookie', cookie).expect(200);
    const set = response.get('Set-Cookie')?.find((text) => text.startsWith('visitor='));
    return set === undefined ? undefined : /s%3A([0-9a-f]{32})\./.exec(set)?.[1];
  }

  it('the shop keeps a cookie of this shop', async () => {
    expect(await visitorFor(visitorCookie(newId()))).toBeUndefined();
  });

  it.each([
    ['without a signature', () => `visitor=${newId()}`],
    ['signed with another key', () => visitorCookie(newId(), 'another-secret-of-somebody')],
    ['with a changed id', () => visitorCookie(newId()).replace(/s%3A./, 's%3Ax')],
    ['with a signed value that is no id', () => visitorCookie('admin')],
    ['with a JSON value', () => `visitor=${encodeURIComponent('j:{"id":"x","__proto__":{"id":"y"}}')}`],
    ['with a signed JSON value', () => visitorCookie('j:{"toString":1}')],
    ['with broken percent-encoding', () => 'visitor=%E0%A4%A'],
    ['that is empty', () => 'visitor=s%3A'],
    ['with control characters', () => 'visitor=s%3A%00%01.%0d%0aSet-Cookie: x=y'],
    ['twice, the forged one first', () => `visitor=forged; ${visitorCookie(newId())}`],
    ['named __proto__', () => '__proto__=s%3Ax.y; constructor=1'],
    ['of 15 kB', () => `visitor=${'x'.repeat(15_000)}`],
    ['of many', () => Array.from({ length: 1_000 }, (_, n) => `c${n}=1`).join('; ')],
  ])('%s makes a new visitor, and nothing of it is used', async (_name, cookie) => {
    expect(await visitorFor(cookie())).toMatch(/^[0-9a-f]{32}$/);
  });

  it('the shop answers a cookie of 20 kB with 431, in one line of JSON', async () => {
    const answer = await sendRaw(
      line.url,
      `GET / HTTP/1.1\r\nHost: x\r\nCookie: visitor=${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { code: 'headers_too_large' },
    });
  });

  it('the shop ignores a cookie with a forged profile', async () => {
    const forged = [
      `profile=${encodeURIComponent('j:{"gender":"F","birthdate":"1990-01-01"}')}`,
      `profile=${signed('j:{"gender":"X","birthdate":"<script>"}')}`,
      `site_version=${signed('tablet')}`,
    ].join('; ');
    const { text } = await request(line.url).get('/').set('Cookie', forged).expect(200);
    expect(text).not.toContain('1990-01-01');
    expect(text).not.toContain('<script>"');
  });
});

it.each([
  '/',
  '/product/clothes',
  '/dashboard',
  '/dashboard/live',
  '/dashboard/sessions',
  '/lessons',
  '/no/such/page',
  '/events/nonsense',
])('%s makes one visitor of a newcomer, however many parts of the page ask who it is', async (page) => {
  for (const header of ['accept', 'sec-gpc']) {
    const answer = await request(line.url)
      .get(page)
      .set(header, header === 'accept' ? 'text/html' : '1');
    expect(answer.get('Set-Cookie')?.filter((text) => text.startsWith('visitor='))).toHaveLength(1);
  }
});

describe('a browser that asks for privacy', () => {
  it('a browser that asks for privacy has the lasting cookies of an earlier visit made short, and stays the same visitor', async () => {
    const profile = signed('j:{"gender":"F","birthdate":null}');
    const id = newId();
    const cookie = `${visitorCookie(id)}; profile=${profile}; site_version=${signed('mobile')}`;
    const before = await request(line.url).get('/').set('Cookie', cookie).expect(200);
    expect(before.get('Set-Cookie')).toBeUndefined();
    const asked = await request(line.url).get('/').set('Cookie', cookie).set('sec-gpc', '1').expect(200);
    const set = asked.get('Set-Cookie') ?? [];
    expect(set.map((text) => text.split('=')[0])).toEqual(['visitor', 'profile', 'site_version']);
    expect(set[0]).toContain(`s%3A${id}.`);
    for (const text of set) expect(text).not.toMatch(/Max-Age|Expires/i);
  });

  it.each(['sec-gpc', 'dnt'])(
    'a browser that asks for privacy gets no lasting cookie by %s, and the page says so',
    async (header) => {
      const lasting = await request(line.url).get('/').expect(200);
      expect(String(lasting.get('Set-Cookie'))).toMatch(/^visitor=.*Max-Age=31536000/);
      expect(lasting.text).not.toContain('asks for privacy');
      const shopper = request.agent(line.url);
      const home = await shopper.get('/').set(header, '1').expect(200);
      expect(home.text).toContain('Your browser asks for privacy');
      const told = await shopper
        .post('/visitor')
        .set(header, '1')
        .type('form')
        .send({ gender: 'F', birthdate: '', here: '/' })
        .expect(303);
      for (const response of [home, told]) {
        expect(String(response.get('Set-Cookie'))).toMatch(/^(visitor|profile)=/);
        expect(String(response.get('Set-Cookie'))).not.toMatch(/Max-Age|Expires/i);
      }
    },
  );
});
