import express from 'express';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { rateLimit } from '../../src/http/rate-limit.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { errorHandler } from '../../src/web/error-handler.ts';
import { startWeb } from '../../src/web/part.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, testConfig } from '../support/line.ts';

/** Answers after the limit. */
function limited(perSecond: number, now?: () => number) {
  const app = express();
  app.use(rateLimit(perSecond, now), (_req, res) => res.json({}));
  app.use(errorHandler(new Traces(), testLog));
  return app;
}

describe('rateLimit', () => {
  it('rateLimit answers 429 with Retry-After to an address that sends more, and to no other', async () => {
    const app = limited(1).set('trust proxy', 1);
    const from = (address: string) => request(app).get('/api/x').set('X-Forwarded-For', address);
    for (let times = 0; times < 10; times += 1) await from('203.0.113.1').expect(200);
    const { body, headers } = await from('203.0.113.1').expect(429);
    expect(body.error).toMatchObject({
      code: 'too_many_requests',
      message: 'too many requests from this address',
      expected: 'at most 10 in 10 seconds',
    });
    expect(Number(headers['retry-after'])).toBe(10);
    await from('203.0.113.2').expect(200);
  });

  it('rateLimit counts all addresses of an IPv6 network as one', async () => {
    const app = limited(1).set('trust proxy', 1);
    const answers = [];
    for (let host = 1; host <= 11; host += 1) {
      answers.push((await request(app).get('/api/x').set('X-Forwarded-For', `2001:db8::${host}`)).status);
    }
    expect(answers).toEqual([...Array(10).fill(200), 429]);
  });

  it('rateLimit forgets after the window, by a clock that is never set back', async () => {
    let now = 5_000;
    const app = limited(1, () => now);
    for (let times = 0; times < 10; times += 1) await request(app).get('/').expect(200);
    now += 9_999;
    await request(app).get('/').expect(429);
    now += 1;
    await request(app).get('/').expect(200);
  });

  it('rateLimit lets every request pass where the limit is off', async () => {
    const app = limited(Number.POSITIVE_INFINITY);
    for (let times = 0; times < 30; times += 1) await request(app).get('/').expect(200);
  });
});

describe('the shop with low limits', () => {
  let url = '';
  beforeAll(async () => {
    const [broker, { url: databaseUrl }] = await Promise.all([startTestBroker(), migratedDatabase()]);
    const config = await testConfig(broker.port, databaseUrl);
    const web = await startWeb({ ...config, RATE_LIMIT: 2, STREAM_LIMIT: 2 }, testLog);
    url = `http://127.0.0.1:${config.PORT}`;
    return () => web.close();
  });

  it('the shop believes X-Forwarded-For from as many proxies as it was told of, here none', async () => {
    const from = (address: string) => request(url).post('/api/events').set('X-Forwarded-For', address);
    await from('203.0.113.9').send(anEvent()).expect(202);
    const event = anEvent();
    await from('203.0.113.9').send(event).expect(202);
    const { body } = await request(url).get(`/api/events/${event.order_id}`).expect(200);
    expect(body.context.ip).toBe('127.0.0.0');
  });

  it('the shop takes two streams of an address and a third once one of them has ended', async () => {
    const open = async () => {
      const stop = new AbortController();
      const response = await fetch(`${url}/api/live`, { signal: stop.signal });
      return { response, stop };
    };
    const [first] = [await open(), await open()];
    const third = await open();
    expect(third.response.status).toBe(429);
    expect(third.response.headers.get('retry-after')).toBe('10');
    expect(((await third.response.json()) as { error: object }).error).toMatchObject({
      code: 'too_many_streams',
    });
    first.stop.abort();
    await eventually(async () => (await open()).response.status === 200);
  });

  it('the shop limits what is sent, /readyz and /metrics too, and never /healthz and files', async () => {
    const statuses = [];
    for (let times = 0; times < 25; times += 1) {
      statuses.push((await request(url).post('/api/events').send(anEvent())).status);
    }
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    const page = await request(url).get('/').set('Accept', 'text/html').expect(429);
    expect(page.text).toContain('Wait a moment');
    await request(url).get('/healthz').expect(200);
    await request(url).get('/metrics').expect(429);
    await request(url).get('/readyz').expect(429);
    await request(url).get('/css/base.css').expect(200);
  });
});
