// What holds for every answer of the application, whichever room it comes from; and what only the admin is answered.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { anotherWeb, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

const get = (path: string) => request(line.url).get(path);

describe('an answer', () => {
  it.each(['/', '/dashboard', '/api/charts/today', '/nothing', '/healthz', '/js/base.js'])(
    'an answer lets a page load what is the shop’s own, and be framed by nobody: %s',
    async (path) => {
      const { headers } = await get(path);
      const policy = (headers['content-security-policy'] ?? '').split(';').map((one) => one.trim());
      expect(policy).toEqual(
        expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
      );
      expect(policy.join(' ')).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      });
      for (const name of ['x-powered-by', 'strict-transport-security'])
        expect(headers).not.toHaveProperty(name);
    },
  );

  it('an answer is packed where its client takes that: pages, numbers and scripts, but no stream', async () => {
    for (const path of ['/', '/api/openapi.json', '/css/tokens.css'])
      expect((await get(path).set('Accept-Encoding', 'gzip')).headers['content-encoding'], path).toBe('gzip');
    for (const path of ['/', '/css/tokens.css'])
      expect((await get(path).set('Accept-Encoding', 'identity')).headers).not.toHaveProperty(
        'content-encoding',
      );
    const controller = new AbortController();
    const headers = { 'Accept-Encoding': 'gzip' };
    const stream = await fetch(`${line.url}/api/live`, { headers, signal: controller.signal });
    expect(stream.headers.get('content-encoding')).toBeNull();
    controller.abort();
  });

  it('an answer about dead letters and aggregations is the admin’s alone', async () => {
    const url = await anotherWeb(line, { ADMIN_PASSWORD: 'open sesame' });
    for (const path of [
      '/events/rejected',
      '/api/dead-letters',
      '/aggregator',
      '/api/aggregator/definitions',
    ]) {
      await request(url).get(path).set('Accept', 'application/json').expect(401);
      await request(url).get(path).auth('admin', 'open sesame').expect(200);
      await request(url).get(path).auth('admin', 'open barley').expect(401);
    }
    await request(url).get('/dashboard').expect(200);
  });

  it('an answer of liveness comes before every limit, and that of a page does not', async () => {
    const url = await anotherWeb(line, { RATE_LIMIT: 1 });
    const statuses = async (path: string) => {
      const all = await Promise.all(Array.from({ length: 40 }, () => request(url).get(path)));
      return new Set(all.map(({ status }) => status));
    };
    expect(await statuses('/healthz')).toEqual(new Set([200]));
    expect(await statuses('/')).toContain(429);
  });

  it('an answer to what is not there is a 404, as a page and as JSON', async () => {
    const page = await get('/nothing').set('Accept', 'text/html').expect(404);
    expect(page.text).toContain('There is nothing here');
    const { body } = await get('/api/nothing').expect(404);
    expect(body.error.code).toBe('not_found');
  });
});
