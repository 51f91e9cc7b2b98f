import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { BODY_BYTES, eventsBody, MOST_EVENTS, readSent } from '../../src/collector/body.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { testLog } from '../support/log.ts';

const app = express();
app.post('/api/events', eventsBody, (req, res) => res.json(readSent(req)));
app.use(errorHandler(new Traces(), testLog));

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const post = (type: string, body: string | Buffer, origin?: string) =>
  request(app)
    .post('/api/events')
    .set({ 'Content-Type': type, ...(origin === undefined ? {} : { Origin: origin }) })
    // As it is, whatever the type says.
    .serialize((whole) => whole)
    .send(body);
const values = (...sent: unknown[]) => sent.map((value) => ({ value }));

describe('a body of JSON', () => {
  it.each([
    ['{"a":1}', values({ a: 1 })],
    ['[{"a":1},2,null]', values({ a: 1 }, 2, null)],
    ['[[1]]', values([1])],
    ['null', values(null)],
    ['\uFEFF{"a":1}', values({ a: 1 })],
  ])('%s is its values, in their order', async (body, sent) => {
    expect((await post(JSON_TYPE, body).expect(200)).body).toEqual(sent);
  });

  it.each([
    ['', 'empty', 'the body is empty'],
    [' \n\t', 'empty', 'the body is empty'],
    ['[]', 'empty', 'no event was sent'],
    ['{"a":', 'not_json', 'the body is not JSON'],
    ['{"a":1}\n{"a":2}', 'not_json', 'the body is not JSON'],
  ])('%j is refused', async (body, code, words) => {
    const answer = await post(JSON_TYPE, body).expect(400);
    expect(answer.body.error).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('a body of JSON has at most a thousand events', async () => {
    const numbers = (count: number) => JSON.stringify(Array.from({ length: count }, (_, n) => n));
    expect((await post(JSON_TYPE, numbers(MOST_EVENTS)).expect(200)).body).toHaveLength(MOST_EVENTS);
    const { body } = await post(JSON_TYPE, numbers(MOST_EVENTS + 1)).expect(413);
    expect(body.error).toMatchObject({ code: 'too_many', received: 1001, expected: 'at most 1000' });
  });

  it('a body of JSON has at most a mebibyte', async () => {
    const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
    await post(JSON_TYPE, text(BODY_BYTES)).expect(200);
    await post(JSON_TYPE, text(BODY_BYTES + 1)).expect(413);
  });

  it('a body of JSON may be in another charset, where that is said, and no other', async () => {
    const latin = Buffer.from('"é"', 'latin1');
    expect((await post(`${JSON_TYPE}; charset="ISO-8859-1"`, latin).expect(200)).body).toEqual(values('é'));
    expect((await post(JSON_TYPE, latin).expect(400)).body.error).toMatchObject({ code: 'not_text' });
    expect((await post(`${JSON_TYPE}; charset=klingon`, latin).expect(415)).body.error).toMatchObject({
      code: 'charset',
      received: 'klingon',
    });
  });
});

describe('a body of NDJSON', () => {
  it('a body of NDJSON is its lines, of which one may be broken', async () => {
    const { body } = await post(NDJSON, '{"a":1}\r\n\n  2 \n{"b":\n"last"').expect(200);
    expect(body).toEqual([...values({ a: 1 }, 2), { unreadable: expect.any(String) }, ...values('last')]);
  });

  it('a body of NDJSON has at most a thousand lines, which are counted before they are read', async () => {
    expect((await post(NDJSON, 'x\n'.repeat(MOST_EVENTS)).expect(200)).body).toHaveLength(MOST_EVENTS);
    expect((await post(NDJSON, 'x\n'.repeat(MOST_EVENTS + 1)).expect(413)).body.error.code).toBe('too_many');
  });

  it('a body of NDJSON takes an array for one value, not for its events', async () => {
    expect((await post(NDJSON, '[1,2]').expect(200)).body).toEqual(values([1, 2]));
  });
});

describe('a body of text', () => {
  it('a body of text is what a page may send by sendBeacon, as JSON or by the line', async () => {
    const origin = 'https://example.org';
    expect((await post('text/plain', '[1,2]', origin).expect(200)).body).toEqual(values(1, 2));
    expect((await post('text/plain', '1\n2', origin).expect(200)).body).toEqual(values(1, 2));
  });

  it.each(['text/plain', 'text/html', 'application/x-www-form-urlencoded'])(
    'of another program has to say what it is, and %s is no such thing',
    async (type) => {
      const { body } = await post(type, '1').expect(415);
      expect(body.error).toMatchObject({
        received: type,
        expected: 'application/json or application/x-ndjson',
      });
    },
  );
});
