// Whatever a client sends to whatever route: an answer in time, never an error of ours, nothing of the inside.

import fc from 'fast-check';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../src/http/operation.ts';
import { OPERATIONS } from '../../src/openapi/operations.ts';
import { expectNoLeak } from '../support/answers.ts';
import { type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

const PATHS = [
  '/',
  '/product/sneakers',
  '/order/x',
  '/dashboard',
  '/events/rejected',
  '/events/rejected/1',
  '/events/x',
  '/api/events/x',
  '/api/charts/daily',
  '/api/charts/orders',
  '/api/charts/devices',
  '/api/charts/funnel',
  '/api/charts/totals',
  '/api/charts/today',
  '/api/questions',
  '/lessons',
  '/lessons/x',
  '/api/lessons/x',
  '/api/dead-letters',
  '/api/dead-letters/1',
  '/api/openapi.json',
  '/api/docs',
  '/healthz',
  '/readyz',
] as const;
const FORMS = [
  '/order',
  '/visitor',
  '/visitor/forget',
  '/site-version',
  '/lessons/duplicates',
  '/events/rejected/1/send',
  '/events/rejected/1/discard',
] as const;
const NAMES = [
  'from',
  'to',
  'product',
  'device',
  'year',
  'count',
  'format',
  'item',
  'page_id',
  'before',
  'limit',
  'code',
  'topic',
  'question',
  'order_id',
  'signature',
  'here',
  'gender',
  'birthdate',
  'site_version',
  '__proto__',
  'constructor',
  'toString',
  '',
];
const VALUES = [
  '2019-01-01',
  '2019-13-45',
  '-1',
  '0',
  '1e999',
  '9'.repeat(40),
  'NaN',
  'null',
  'true',
  '[object Object]',
  "' OR 1=1--",
  '\0',
  '%00',
  '../..',
  '😀',
  '\ud800',
  'clothes',
  'mobile',
  'csv',
  '{"a":1}',
  '<b>',
  '',
];

/** Pages that name something in their address. */
const PLACES = [
  '/product/:product',
  '/order/:order_id',
  '/events/:order_id',
  '/events/rejected/:id',
  '/lessons/:lesson',
  '/aggregator/definitions/:name',
  '/aggregator/definitions/:name/edit',
  '/aggregator/definitions/:name/results/:id',
];
/** Segments of an address and values of a query, as they are sent. */
const ODD = ['a%00b', '%ED%A0%80', '..%2F..', '1e400', '9'.repeat(25)];

const streams = ({ answers }: Operation) => 'text/event-stream' in (answers[200]?.content ?? {});

/** The path with an odd word in each of its places in turn, and each parameter of the query with it. */
function oddAddresses(path: string, query: readonly string[], word: string): string[] {
  const places = path.match(/:\w+/g) ?? [];
  const filled = (odd?: string) => path.replaceAll(/:\w+/g, (place) => (place === odd ? word : '1'));
  return [...places.map(filled), ...query.map((name) => `${filled()}?${name}=${word}`)];
}

const anyPair = fc.tuple(
  fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 })),
  fc.oneof(fc.constantFrom(...VALUES), fc.string({ unit: 'binary', maxLength: 20 })),
);
const anyQuery = fc.array(anyPair, { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs).toString());

describe('the shop', () => {
  it('the shop answers any query to any page or chart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        anyQuery,
        fc.constantFrom('text/html', 'application/json', 'text/csv', '*/*', 'nonsense'),
        async (path, query, accept) => {
          const response = await request(line.url).get(`${path}?${query}`).set('Accept', accept);
          expect([200, 303, 400, 404, 406]).toContain(response.status);
          expectNoLeak(response.text ?? '');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('the shop answers odd words in any place of any operation and page, and never by an error of its own', async () => {
    const asked = OPERATIONS.filter((one) => !streams(one)).flatMap(({ method, path, query }) =>
      ODD.flatMap((word) => oddAddresses(path, Object.keys(query?.shape ?? {}), word)).map(
        (address) => [method, address] as const,
      ),
    );
    const pages = PLACES.flatMap((path) => ODD.flatMap((word) => oddAddresses(path, [], word)));
    const wrong: string[] = [];
    for (const [method, address] of [...asked, ...pages.map((page) => ['get', page] as const)]) {
      const { status, text } = await request(line.url)[method](address);
      // 503: a line without a supervisor has no parts to kill.
      if (status >= 500 && status !== 503) wrong.push(`${status} ${method} ${address.slice(0, 100)}`);
      expectNoLeak(text ?? '');
    }
    expect(asked.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it('the shop answers any form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FORMS), anyQuery, async (path, form) => {
        const response = await request(line.url).post(path).type('form').send(form);
        expect([303, 400, 403, 404]).toContain(response.status);
        expectNoLeak(response.text);
      }),
      { numRuns: 20 },
    );
  });

  it('the shop answers any path, any header and any cookie', async () => {
    const anyPath = fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`));
    const latin = fc.uint8Array({ maxLength: 60 }).map((bytes) =>
      Buffer.from(bytes)
        .toString('latin1')
        .replaceAll(/[^\x20-\x7e\x80-\xff]/g, ''),
    );
    await fc.assert(
      fc.asyncProperty(anyPath, latin, latin, async (path, cookie, agent) => {
        const bytes = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: visitor=${cookie}; ${cookie}\r\nUser-Agent: ${agent}\r\nReferer: ${agent}\r\nConnection: close\r\n\r\n`;
        const answer = await sendRaw(line.url, Buffer.from(bytes, 'latin1'));
        expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|404|405) /);
        expectNoLeak(answer.replaceAll(path, ''));
      }),
      { numRuns: 20 },
    );
    await request(line.url).get('/healthz').expect(200);
  });

  it('the shop takes a page of a robot or of no known browser as any other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 100 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
        async (agent) => {
          await request(line.url).get('/').set('User-Agent', agent).expect(200);
        },
      ),
      { numRuns: 20 },
    );
  });
});
