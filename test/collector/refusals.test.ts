// What the collector refuses, as a hostile client would send it.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import request from 'supertest';
import { beforeAll, expect, it, vi } from 'vitest';
import { BODY_BYTES, MOST_EVENTS } from '../../src/collector/body.ts';
import { expectError, expectNoLeak } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const post = () => request(line.url).post('/api/events');
const postText = (text: string, type = 'application/json') => post().set('Content-Type', type).send(text);

it.each([
  ['nothing', ''],
  ['blanks', ' \n '],
  ['an empty array', '[]'],
])('the collector refuses %s', async (_name, text) => {
  expectError(await postText(text), 400, 'empty');
});

it.each([
  '{',
  '[1,',
  'undefined',
  "{'a':1}",
  '{"a":1}{"b":2}',
  'NaN',
  '\ufeff',
  '<xml/>',
  '{"order_id":"\ud800"',
])('the collector refuses what is not JSON, in one line: %j', async (text) => {
  const response = await postText(text);
  expectError(response, 400, text === '\ufeff' ? 'empty' : 'not_json');
  expect(response.body.error.message).not.toMatch(/\n/);
});

it.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'json',
  '',
])('the collector refuses another Content-Type: %j', async (type) => {
  const response = await post().set('Content-Type', type).send(JSON.stringify(anEvent()));
  expectError(response, 415, 'content_type');
  expect(response.body.error.expected).toContain('application/x-ndjson');
});

it('the collector refuses an unknown charset or encoding', async () => {
  expectError(await postText('{}', 'application/json; charset=klingon'), 415, 'charset');
  expectError(await postText('{}').set('Content-Encoding', 'zip'), 415, 'encoding');
});

it('the collector refuses a body that is not UTF-8, instead of storing something else', async () => {
  const bytes = Buffer.from(JSON.stringify(anEvent({ context: { item: 'caf@' } }))).map((byte) =>
    byte === 0x40 ? 0xe9 : byte,
  );
  const response = await post()
    .set('Content-Type', 'application/json')
    .serialize((body) => body)
    .send(bytes);
  expectError(response, 400, 'not_text');
});

it('the collector refuses a body that is not what its encoding says', async () => {
  const response = await post()
    .set('Content-Type', 'application/json')
    .set('Content-Encoding', 'gzip')
    .serialize((body) => body)
    .send(Buffer.from('not gzip'));
  expectError(response, 400, 'encoding');
});

it('the collector refuses 10 MB, with the length told and without, and ends the connection', async () => {
  const ten = Buffer.alloc(10 * 1024 * 1024, 0x20);
  const head = 'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const told = await sendRaw(
    line.url,
    Buffer.concat([Buffer.from(`${head}Content-Length: ${ten.length}\r\n\r\n`), ten]),
  );
  const chunk = Buffer.from(`${ten.length.toString(16)}\r\n`);
  const untold = await sendRaw(
    line.url,
    Buffer.concat([
      Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
      chunk,
      ten,
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
  );
  for (const answer of [told, untold]) {
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    expect(answer).toContain(`at most ${BODY_BYTES} bytes`);
  }
});

it('the collector refuses a small body that unpacks to 100 MB', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20));
  const response = await post()
    .set('Content-Type', 'application/json')
    .set('Content-Encoding', 'gzip')
    .serialize((body) => body)
    .send(bomb);
  expectError(response, 413, 'too_large');
});

it('the collector refuses more lines than may be taken, before any of them is parsed', async () => {
  const parse = vi.spyOn(JSON, 'parse');
  const lines = '{\n'.repeat(BODY_BYTES / 2 - 1);
  const response = await post()
    .set({ 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' })
    .serialize((body) => body)
    .send(gzipSync(lines));
  const parsed = parse.mock.calls.filter(([text]) => text === '{').length;
  parse.mockRestore();
  expectError(response, 413, 'too_many');
  expect(response.body.error.received).toBe(`more than ${MOST_EVENTS}`);
  expect(parsed).toBe(0);
});

it(`the collector refuses more than ${MOST_EVENTS} events`, async () => {
  const response = await post().send(Array.from({ length: MOST_EVENTS + 1 }, () => 0));
  expectError(response, 413, 'too_many');
  expect(response.body.error).toMatchObject({
    received: MOST_EVENTS + 1,
    expected: `at most ${MOST_EVENTS}`,
  });
});

it('the collector refuses JSON that is nested half a million deep', async () => {
  for (const text of [
    '['.repeat(500_000),
    `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
    '{"a":'.repeat(150_000),
  ]) {
    const response = await postText(text);
    expect(response.status).toBe(400);
    expectNoLeak(response.text);
    expect(response.text.length).toBeLessThan(2_000);
  }
});

it('the collector refuses whatever JSON is no event, without an error of its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), async (json) => {
      const response = await postText(json);
      expect(response.status).toBe(400);
      expectNoLeak(response.text.replaceAll(json, ''));
    }),
    { numRuns: 60 },
  );
});

it('the collector refuses __proto__ and constructor as fields', async () => {
  const text = JSON.stringify(anEvent());
  for (const field of [
    '"__proto__":{"accepted":true}',
    '"constructor":{"prototype":{"x":1}}',
    '"context":{"__proto__":{"bot":false}}',
  ]) {
    const { body } = await postText(text.replace('{', `{${field},`)).expect(400);
    expect(body.accepted).toBe(0);
  }
  expect(Object.hasOwn(Object.prototype, 'accepted')).toBe(false);
});

it('the collector refuses a body that ends early, and stores nothing of it', async () => {
  const before = await line.pool.query('SELECT count(*) FROM dead_letters');
  await sendRaw(
    line.url,
    'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"order_id":',
    0.2,
  );
  await request(line.url).get('/healthz').expect(200);
  expect((await line.pool.query('SELECT count(*) FROM dead_letters')).rows).toEqual(before.rows);
});
