// The forms of the pages, filled in by somebody who means no good.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId, newOrderId } from '../../src/events/ids.ts';
import { signOrder } from '../../src/site/secret.ts';
import { expectError, expectErrorPage, expectNoLeak } from '../support/answers.ts';
import { type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

const FORMS = ['/order', '/visitor', '/visitor/forget', '/site-version'].map((route) => ({ path: route }));

let line: Line;
let secret: string;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  secret = readFileSync(path.join(line.config.DATA_DIR, 'cookie-secret'), 'utf8').trim();
});

describe('a form', () => {
  const signed = (orderId: string, slug: string, visitorId = newId()) => ({
    order_id: orderId,
    item: slug,
    signature: signOrder(secret, { orderId, slug, visitorId }),
  });

  it.each(FORMS)('a form sent to $path as something else is 415', async ({ path: route }) => {
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'nonsense']) {
      const response = await request(line.url)
        .post(route)
        .set('Content-Type', type)
        .set('Accept', 'application/json')
        .send('{"a":1}');
      expectError(response, 415, 'content_type');
    }
  });

  it.each(FORMS)(
    'a form sent to $path with 10 MB is 413, and the connection ends',
    async ({ path: route }) => {
      const head = `POST ${route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10485760\r\n\r\n`;
      const answer = await sendRaw(
        line.url,
        Buffer.concat([Buffer.from(head), Buffer.alloc(10_485_760, 'a')]),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expectNoLeak(answer);
    },
  );

  it.each(FORMS)('a form sent to $path with a thousand fields is 413', async ({ path: route }) => {
    const fields = Array.from({ length: 1_000 }, (_, n) => `f${n}=1`).join('&');
    const response = await request(line.url)
      .post(route)
      .type('form')
      .set('Accept', 'application/json')
      .send(fields);
    expectError(response, 413, 'too_large');
  });

  it.each(FORMS)('a form sent to $path in an unknown charset or encoding is 415', async ({ path: route }) => {
    const charset = await request(line.url)
      .post(route)
      .set('Content-Type', 'application/x-www-form-urlencoded; charset=klingon')
      .set('Accept', 'application/json')
      .send('a=1');
    expectError(charset, 415, 'charset');
    const encoding = await request(line.url)
      .post(route)
      .type('form')
      .set('Content-Encoding', 'zip')
      .set('Accept', 'application/json')
      .send('a=1');
    expectError(encoding, 415, 'encoding');
  });

  const SHAPES = [
    '',
    'a',
    '=&=',
    '__proto__=1',
    '__proto__[x]=1',
    'constructor[prototype][x]=1',
    'order_id[]=1&order_id[]=2',
    'order_id=1&order_id=2',
    '%',
    '%00=%00',
    'here[]=/',
    'site_version=desktop&site_version=mobile',
    'gender=F&gender=M',
  ];
  it.each(SHAPES)('the shop refuses or ignores a form of an odd shape: %j', async (body) => {
    for (const { path: route } of FORMS) {
      const response = await request(line.url)
        .post(route)
        .type('form')
        .set('Accept', 'application/json')
        .send(body);
      expect(response.status).toBe(route === '/visitor/forget' ? 303 : 400);
      expectNoLeak(response.text);
      if (response.status === 400) expect(response.body.error.message).not.toMatch(/^ | {2}| $/);
    }
  });

  it('the shop answers a form without a body with 400 and says what is missing', async () => {
    for (const [route, field] of [
      ['/order', 'order_id'],
      ['/visitor', 'gender'],
      ['/site-version', 'site_version'],
    ]) {
      const answer = await sendRaw(
        line.url,
        `POST ${route} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').error.message).toContain(field);
    }
  });

  it('the shop answers an order form that this shop did not make for this visitor with 403, and orders nothing', async () => {
    const shopper = request.agent(line.url);
    const [cookie = ''] = (await shopper.get('/')).get('Set-Cookie') ?? [];
    const visitorId = /^visitor=s%3A([0-9a-f]{32})\./.exec(cookie)?.[1] ?? '';
    expect(visitorId).toHaveLength(32);
    const id = newOrderId();
    const slug = 'harbour-tote';
    const forms = [
      { order_id: id, item: slug, signature: 'x' },
      { order_id: id, item: slug, signature: signOrder('another secret', { orderId: id, slug, visitorId }) },
      { ...signed(id, slug, visitorId), item: 'lido-sunglasses' },
      { ...signed(newOrderId(), slug, visitorId), order_id: id },
      signed(id, 'no-such-item', visitorId),
      signed(id, '__proto__', visitorId),
      signed(id, slug, newId()),
    ];
    for (const form of forms) {
      const response = await shopper.post('/order').type('form').set('Accept', 'application/json').send(form);
      expectError(response, 403, 'signature');
    }
    await request(line.url).get(`/order/${id}`).expect(404);
    const without = await request(line.url)
      .post('/order')
      .type('form')
      .send(signed(id, slug, visitorId));
    expect(without.status).toBe(403);
    await shopper
      .post('/order')
      .type('form')
      .send(signed(id, slug, visitorId))
      .expect(303);
  });

  it('the shop answers an order form without a usable id with 400, and names the field', async () => {
    for (const [form, field] of [
      [{ ...signed('x', 'harbour-tote') }, 'order_id'],
      [{ ...signed(newOrderId(), 'x'.repeat(65)) }, 'item'],
      [{ ...signed(newOrderId(), 'harbour-tote'), signature: 'x'.repeat(101) }, 'signature'],
    ] as const) {
      const response = await request(line.url)
        .post('/order')
        .type('form')
        .set('Accept', 'application/json')
        .send(form);
      expectError(response, 400, 'bad_request');
      expect(response.body.error.message).toContain(field);
    }
  });

  it.each([
    ['gender', { gender: 'X', birthdate: '' }],
    ['gender', { birthdate: '' }],
    ['birthdate', { gender: 'F' }],
    ['birthdate', { gender: 'F', birthdate: '1990-02-30' }],
    ['birthdate', { gender: 'F', birthdate: '2999-01-01' }],
    ['birthdate', { gender: 'F', birthdate: '1800-01-01' }],
    ['birthdate', { gender: 'F', birthdate: '1990-01-01T00:00' }],
  ])('a form that tells a wrong %s is 400 and says so: %j', async (field, form) => {
    const response = await request(line.url)
      .post('/visitor')
      .type('form')
      .set('Accept', 'application/json')
      .send(form);
    expectError(response, 400, 'bad_request');
    expect(response.body.error.message).toContain(field);
    expectErrorPage(
      await request(line.url).post('/visitor').type('form').set('Accept', 'text/html').send(form),
      400,
    );
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'dashboard',
    '',
    '/x\r\nSet-Cookie: a=b',
  ])('a form leads back to the front page, never elsewhere: here=%j', async (here) => {
    for (const [route, fields] of [
      ['/visitor', { gender: 'F', birthdate: '' }],
      ['/visitor/forget', {}],
      ['/site-version', { site_version: 'mobile' }],
    ] as const) {
      const response = await request(line.url)
        .post(route)
        .type('form')
        .send({ ...fields, here });
      expect([response.status, response.get('Location')]).toEqual([303, '/']);
      expect(response.get('Set-Cookie')?.some((text) => text.startsWith('a='))).not.toBe(true);
    }
  });

  it('a form leads back to the page that it was on', async () => {
    for (const here of ['/', '/dashboard?from=2019-01-01', '/product/sneakers?item=x&page_id=y', '/a//b']) {
      const response = await request(line.url)
        .post('/site-version')
        .type('form')
        .send({ site_version: 'auto', here });
      expect(response.get('Location')).toBe(here);
    }
  });
});
