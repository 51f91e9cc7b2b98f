import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { type Answer, ResponseCache } from '../../src/http/response-cache.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { testLog } from '../support/log.ts';

const TABLE: Answer = {
  name: 'daily',
  columns: ['day', 'item', 'count'],
  rows: [
    { day: '2026-03-02', item: 'a "red", hat', count: 1, hidden: true },
    { day: new Date(0), item: null, count: 0 },
    { day: 'x', item: '=two\nlines' },
  ],
  more: { meta: { step: 'day' } },
};

/** A route of the cache, and how often an answer was made. */
function served(make: () => Promise<Answer> = async () => TABLE, keep = false) {
  const cache = new ResponseCache();
  const made = { times: 0 };
  const app = express();
  app.get('/api/chart', (req, res, next) => {
    const counted = () => {
      made.times++;
      return make();
    };
    cache.send(req, res, counted, keep).catch(next);
  });
  app.use(errorHandler(new Traces(), testLog));
  return { cache, made, ask: (query = '') => request(app).get(`/api/chart${query}`) };
}

describe('an answer', () => {
  it('an answer is JSON with what belongs to it, where nothing else is asked for', async () => {
    const { headers, body } = await served().ask();
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding',
    });
    expect(body).toEqual({ rows: JSON.parse(JSON.stringify(TABLE.rows)), meta: { step: 'day' } });
  });

  it.each([
    ['?format=csv', 'application/json'],
    ['', 'text/csv'],
    ['?format=csv', 'text/html'],
  ])('an answer is a file of CSV for %j with Accept: %s', async (query, accept) => {
    const { headers, text } = await served().ask(query).set('Accept', accept);
    expect(headers['content-disposition']).toBe('attachment; filename="daily.csv"');
    expect(text).toBe(
      'day,item,count\r\n2026-03-02,"a ""red"", hat",1\r\n1970-01-01T00:00:00.000Z,,0\r\nx,"\'=two\nlines",\r\n',
    );
  });

  it('an answer is not compressed for who can’t read that', async () => {
    const { headers, body } = await served().ask().set('Accept-Encoding', 'identity');
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.rows).toHaveLength(3);
  });

  it('of another format is refused', async () => {
    const { status, body } = await served().ask('?format=xml');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      message: 'format is not known',
      received: 'xml',
      expected: 'csv or json',
    });
  });
});

describe('the cache', () => {
  it('the cache makes an answer once for all who ask meanwhile, and anew for who asks later', async () => {
    let give = (_: Answer) => {};
    const { made, ask } = served(() => new Promise((resolve) => (give = resolve)));
    const both = [ask(), ask()].map((asked) => asked.then(({ status }) => status));
    while (made.times === 0) await new Promise(setImmediate);
    // The second request may still be on its way: it asks for the same, or comes too late and makes its own.
    const giving = setInterval(() => give(TABLE), 1);
    expect(await Promise.all(both)).toEqual([200, 200]);
    const before = made.times;
    await ask();
    clearInterval(giving);
    expect(made.times).toBe(before + 1);
  });

  it('the cache keeps what is good until something is stored', async () => {
    const { cache, made, ask } = served(undefined, true);
    await ask();
    await ask();
    await ask('?format=csv');
    expect(made.times).toBe(2);
    cache.forget();
    await ask();
    expect(made.times).toBe(3);
  });

  it('the cache keeps nothing that was made while something was stored', async () => {
    const { cache, made, ask } = served(async () => {
      cache.forget();
      return TABLE;
    }, true);
    await ask();
    await ask();
    expect(made.times).toBe(2);
  });

  it('the cache keeps no failure', async () => {
    const { made, ask } = served(async () => {
      throw new Error('no');
    }, true);
    expect((await ask()).status).toBe(500);
    expect((await ask()).status).toBe(500);
    expect(made.times).toBe(2);
  });
});
