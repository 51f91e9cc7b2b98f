import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { JSON_TYPES, requireJson, sendJson } from '../../src/http/json.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { testLog } from '../support/log.ts';

const app = express();
app.post('/api/x', requireJson('this route takes JSON'), express.json({ type: JSON_TYPES }), (req, res) =>
  sendJson(res, { came: req.body ?? null }),
);
app.use(errorHandler(new Traces(), testLog));
const post = (type: string, body: string) => request(app).post('/api/x').set('Content-Type', type).send(body);

it.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.shop+json'])(
  'requireJson takes a body of %s, and keeps no answer',
  async (type) => {
    const { body, headers } = await post(type, '{"a":1}').expect(200);
    expect(body).toEqual({ came: { a: 1 } });
    expect(headers['cache-control']).toBe('no-store');
  },
);

it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
  'requireJson refuses a body of %s',
  async (type) => {
    const { body } = await post(type, '{"a":1}').expect(415);
    expect(body.error).toMatchObject({
      message: 'this route takes JSON',
      received: type,
      expected: 'application/json',
    });
  },
);

it('requireJson refuses a request that does not say what it sends', async () => {
  const { body } = await request(app).post('/api/x').expect(415);
  expect(body.error.received).toBe('no Content-Type');
});
