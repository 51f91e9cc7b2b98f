// Every route with valid and with hostile input: status, messages and headers. The contents of pages and charts are tested elsewhere.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectError, expectErrorPage, expectNoLeak } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
const stored = anEvent({ title: 'order', product: 'clothes' });
beforeAll(async () => {
  line = await startLine();
  await request(line.url).post('/api/events').send(stored).expect(202);
  await eventually(async () => {
    const { body } = await request(line.url).get(`/api/events/${stored.order_id}`);
    return body.hops?.stored_at;
  });
  await setAside();
  await aggregate();
});

const RESULT = 'f'.repeat(32);

type Route = { readonly path: string; readonly allow: string; readonly type: RegExp | null };
const PAGE = /^text\/html; charset=utf-8$/;
const JSON_TYPE = /^application\/json; charset=utf-8$/;

const GETS: readonly Route[] = [
  { path: '/', allow: 'GET, HEAD', type: PAGE },
  { path: '/product/sneakers', allow: 'GET, HEAD', type: PAGE },
  { path: `/order/${stored.order_id}`, allow: 'GET, HEAD', type: PAGE },
  { path: '/dashboard', allow: 'GET, HEAD', type: PAGE },
  { path: `/events/${stored.order_id}`, allow: 'GET, HEAD', type: PAGE },
  { path: `/api/events/${stored.order_id}`, allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/daily', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/orders', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/devices', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/funnel', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/totals', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/charts/today', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/questions', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/dashboard/live', allow: 'GET, HEAD', type: PAGE },
  { path: '/api/live/panels', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/live/panels/categories/behind?of=clothes', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/sessions', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/sessions/begun?from=2019-01-31T10:30:00.000Z', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/dashboard/sessions', allow: 'GET, HEAD', type: PAGE },
  { path: `/api/sessions/visitors/${stored.user_id}`, allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/sessions/verification', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/offers', allow: 'GET, HEAD', type: PAGE },
  { path: '/pipeline', allow: 'GET, HEAD', type: PAGE },
  { path: '/lessons', allow: 'GET, HEAD', type: PAGE },
  { path: '/lessons/duplicates', allow: 'GET, HEAD, POST', type: PAGE },
  { path: '/lessons/quiz', allow: 'GET, HEAD, POST', type: PAGE },
  { path: '/api/lessons', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/lessons/duplicates', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/quiz', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/pipeline', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/pipeline/ledger', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/offers', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/offers/log', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/admin', allow: 'GET, HEAD, POST', type: PAGE },
  { path: '/events/rejected', allow: 'GET, HEAD', type: PAGE },
  { path: '/events/rejected/1', allow: 'GET, HEAD', type: PAGE },
  { path: '/events/rejected/1/raw', allow: 'GET, HEAD', type: /^application\/octet-stream$/ },
  { path: '/api/dead-letters', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/dead-letters/1', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/simulator', allow: 'GET, HEAD, POST', type: JSON_TYPE },
  { path: '/api/faults', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/aggregator', allow: 'GET, HEAD', type: PAGE },
  { path: '/aggregator/new', allow: 'GET, HEAD, POST', type: PAGE },
  { path: '/aggregator/definitions/orders', allow: 'GET, HEAD', type: PAGE },
  { path: '/aggregator/definitions/orders/edit', allow: 'GET, HEAD, POST', type: PAGE },
  { path: '/aggregator/definitions/orders/delete', allow: 'GET, HEAD, POST', type: PAGE },
  { path: `/aggregator/definitions/orders/results/${RESULT}`, allow: 'GET, HEAD', type: PAGE },
  { path: '/api/aggregator/definitions', allow: 'GET, HEAD, POST', type: JSON_TYPE },
  { path: '/api/aggregator/definitions/orders', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/aggregator/definitions/orders/sessions', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/aggregator/definitions/orders/results', allow: 'GET, HEAD', type: JSON_TYPE },
  {
    path: `/api/aggregator/definitions/orders/results/${RESULT}/records`,
    allow: 'GET, HEAD',
    type: JSON_TYPE,
  },
  { path: '/api/aggregator/definitions/orders/set-aside', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/aggregator/fields?topic=ecommerce', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/openapi.json', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/api/docs', allow: 'GET, HEAD', type: PAGE },
  { path: '/healthz', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/readyz', allow: 'GET, HEAD', type: JSON_TYPE },
  { path: '/metrics', allow: 'GET, HEAD', type: /^text\/plain/ },
];
const STREAMS: readonly Route[] = [
  { path: '/api/live', allow: 'GET, HEAD', type: null },
  { path: '/api/trace', allow: 'GET, HEAD', type: null },
  { path: '/api/live/panels/stream', allow: 'GET, HEAD', type: null },
  { path: '/api/aggregator/stream', allow: 'GET, HEAD', type: null },
  { path: '/api/pipeline/stream', allow: 'GET, HEAD', type: null },
];
const POSTS: readonly Route[] = [
  { path: '/order', allow: 'POST', type: null },
  { path: '/visitor', allow: 'POST', type: null },
  { path: '/visitor/forget', allow: 'POST', type: null },
  { path: '/site-version', allow: 'POST', type: null },
  { path: '/api/events', allow: 'POST', type: null },
  { path: '/admin/leave', allow: 'POST', type: null },
  { path: `/offers/${'0'.repeat(32)}/redeem`, allow: 'POST', type: null },
  ...['/pipeline', '/api/pipeline'].flatMap((base) =>
    ['parts/ingest/kill', 'parts/ingest/pause', 'parts/ingest/resume', 'faults', 'heal'].map((act) => ({
      path: `${base}/${act}`,
      allow: 'POST',
      type: null,
    })),
  ),
  { path: '/lessons/duplicates/start', allow: 'POST', type: null },
  { path: '/lessons/quiz/start', allow: 'POST', type: null },
  { path: '/api/lessons/duplicates/start', allow: 'POST', type: null },
  { path: '/api/lessons/duplicates/answer', allow: 'POST', type: null },
  { path: '/api/quiz/start', allow: 'POST', type: null },
  { path: '/api/quiz/guess', allow: 'POST', type: null },
  { path: '/events/rejected/1/send', allow: 'POST', type: null },
  { path: '/events/rejected/1/discard', allow: 'POST', type: null },
  { path: '/aggregator/preview', allow: 'POST', type: null },
  { path: '/aggregator/definitions/orders/pause', allow: 'POST', type: null },
  { path: '/aggregator/definitions/orders/restore', allow: 'POST', type: null },
  { path: '/api/aggregator/definitions/orders/pause', allow: 'POST', type: null },
  { path: '/api/aggregator/definitions/orders/resume', allow: 'POST', type: null },
  { path: '/api/aggregator/definitions/orders/delete', allow: 'POST', type: null },
  { path: '/api/aggregator/preview', allow: 'POST', type: null },
  { path: '/api/dead-letters/1/send', allow: 'POST', type: null },
  { path: '/api/dead-letters/1/discard', allow: 'POST', type: null },
];
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options'] as const;

/** Sends something to Kafka that is no event, and waits until it was set aside: dead letter 1. */
async function setAside(): Promise<void> {
  const producer = line.kafka.producer();
  await producer.connect();
  await producer.send({ topic: line.config.KAFKA_TOPIC, messages: [{ value: 'no event' }] });
  await producer.disconnect();
  await eventually(async () => (await line.pool.query('SELECT FROM dead_letters WHERE id = 1')).rowCount);
}

/** A definition for files, with a flushed row. */
async function aggregate(): Promise<void> {
  const definition = {
    name: 'orders',
    group: { fields: ['product'] },
    aggregate: [{ operation: 'COUNT' }],
    flush: { by: 'END_OF_STREAM' },
  };
  await request(line.url).post('/api/aggregator/definitions').send(definition).expect(200);
  const meta = {
    id: RESULT,
    version: 1,
    count: 2,
    flush_type: 'ALL_FILES',
    condition: null,
    sources: ['orders.csv:2-3'],
    sources_exact: true,
  };
  const { rows } = await line.pool.query<{ id: number }>(
    `INSERT INTO aggregator_runs (definition, version, inputs, clock) VALUES ('orders', 1, '[]', now()) RETURNING id`,
  );
  await line.pool.query(
    `INSERT INTO aggregator_results (id, definition, run, row, flushed_at) VALUES ($1, 'orders', $2, $3, now())`,
    [RESULT, rows[0]?.id, JSON.stringify({ product: 'clothes', count: 2, meta })],
  );
}

describe('every route', () => {
  it('the tables of this file have every route that the API describes', async () => {
    const { body } = await request(line.url).get('/api/openapi.json').expect(200);
    const known = [...GETS, ...STREAMS, ...POSTS].map((one) => one.path);
    const described = Object.keys(body.paths).map((path) =>
      path
        .replace('{order_id}', stored.order_id)
        .replace('{user_id}', stored.user_id)
        .replace('{panel}/behind', 'categories/behind?of=clothes')
        .replace('{name}', 'orders')
        .replace('results/{id}', `results/${RESULT}`)
        .replace('aggregator/fields', 'aggregator/fields?topic=ecommerce')
        .replace('{part}', 'ingest')
        .replace('{lesson}', 'duplicates')
        .replace('sessions/begun', 'sessions/begun?from=2019-01-31T10:30:00.000Z')
        .replace('{id}', '1'),
    );
    expect(described.filter((path) => !known.includes(path))).toEqual([]);
  });

  it.each(GETS)('GET $path is answered, and HEAD with the same headers', async ({ path, type }) => {
    const get = await request(line.url).get(path).expect(200);
    expect(get.headers['content-type']).toMatch(type ?? /./);
    const head = await request(line.url).head(path).expect(200);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  it.each([...GETS, ...STREAMS, ...POSTS])(
    'other methods of $path are answered with 405 and Allow',
    async ({ path, allow }) => {
      const wrong = METHODS.filter((method) => !allow.includes(method.toUpperCase()));
      for (const method of wrong) {
        const asJson = await request(line.url)[method](path).set('Accept', 'application/json');
        expectError(asJson, 405, 'method_not_allowed');
        expect(asJson.get('Allow')).toBe(allow);
        const asPage = await request(line.url)[method](path).set('Accept', 'text/html');
        expect(asPage.status).toBe(405);
        expect(asPage.get('Allow')).toBe(allow);
        expectNoLeak(asPage.text);
      }
    },
  );

  it.each([...GETS, { path: '/no/such/page' }, { path: '/css/tokens.css' }])(
    '$path has a policy that lets nothing in from elsewhere',
    async ({ path }) => {
      const { headers } = await request(line.url).get(path);
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
    },
  );

  it.each(STREAMS)('a HEAD of $path, which has no events to wait for, ends at once', async ({ path }) => {
    const { headers } = await request(line.url).head(path).timeout(5_000).expect(200);
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
  });

  it('a path in capitals is no other route’s, or refused as that one', async () => {
    const response = await request(line.url).delete('/API/Events').set('Accept', 'text/html');
    expect([404, 405]).toContain(response.status);
    expectNoLeak(response.text);
  });
});

/** Asks for a path as it is written. */
const getRaw = (path: string) =>
  sendRaw(line.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

describe('a path that is not there', () => {
  it.each([
    '/nothing',
    '/css',
    '/.',
    '/api',
    '/product',
    '/product/',
    '/events',
    '/api/charts',
    '/api/charts/__proto__',
    '/dashboard/x',
  ])('a path that is not there is 404 as a page and as JSON: %s', async (path) => {
    expectError(await request(line.url).get(path).set('Accept', 'application/json'), 404, 'not_found');
    const page = await request(line.url).get(path).set('Accept', 'text/html');
    expect(page.status).toBe(404);
    expectNoLeak(page.text);
  });

  it('a path that is not there is JSON below /api whatever is accepted', async () => {
    expectError(await request(line.url).get('/api/nothing').set('Accept', 'text/html'), 404, 'not_found');
  });

  it.each([
    '/../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/css/..%5c..%5cpackage.json',
    '/.git/config',
    '/css/',
    '/vendor/',
  ])('a path does not give a file away: %s', async (path) => {
    const answer = await getRaw(path);
    expect(answer).toMatch(/^HTTP\/1\.1 40[034] /);
    expect(answer).not.toContain('root:');
    expectNoLeak(answer);
  });

  it.each(['/%', '/product/%ff', '/order/%zz', '/api/events/%c0%ae', '/css/%', '/api/charts/daily%'])(
    'a path with broken percent-encoding has a clear answer: %s',
    async (path) => {
      const answer = await getRaw(path);
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expectNoLeak(answer);
    },
  );

  it('an error page shows what came as text, never as markup', async () => {
    const response = await request(line.url)
      .get('/product/%3Cscript%3Ealert(1)%3C%2Fscript%3E')
      .set('Accept', 'text/html');
    expectErrorPage(response, 404);
    expect(response.text).not.toContain('<script>alert');
    expect(response.text).toContain('sports_nutrition');
  });
});
