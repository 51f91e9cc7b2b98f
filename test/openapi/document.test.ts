import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Express } from 'express';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { Outbox } from '../../src/kafka/outbox.ts';
import { Publisher } from '../../src/kafka/publisher.ts';
import { openApiDocument } from '../../src/openapi/document.ts';
import { OPERATIONS, TAGS } from '../../src/openapi/operations.ts';
import { createApp } from '../../src/web/app.ts';
import { openAppParts } from '../../src/web/app-parts.ts';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const document = openApiDocument(OPERATIONS, TAGS, '0.0.0', '/');
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method} ${path}`),
);

/** What Express keeps of a router, as far as we look at it. */
type Layer = {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
};

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return routesOf(handle.stack ?? []);
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    return ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => route.methods[method])
      .map((method) => `${method} ${path}`);
  });
}

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

/** The application with the line's database; nothing of it is asked. */
async function anApp(): Promise<Express> {
  const { config, pool, kafka } = line;
  const publisher = new Publisher(kafka, 'none', new Outbox(temporaryFolder(), 1024), testLog);
  const parts = openAppParts(config, { pool, kafka, publisher, log: testLog });
  await parts.close();
  return createApp(parts);
}

describe('the OpenAPI document', () => {
  it('the document is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('the OpenAPI document describes every route of the API, and no other', async () => {
    const { stack } = (await anApp()).router as unknown as { stack: Layer[] };
    const routes = routesOf(stack).filter((route) => route.includes(' /api/'));
    expect([...new Set(routes)].sort()).toEqual([...described].sort());
  });

  it('GET /api/openapi.json answers the document', async () => {
    const { body } = await request(line.url).get('/api/openapi.json').expect(200);
    expect({ ...body, info: null }).toEqual({ ...JSON.parse(JSON.stringify(document)), info: null });
  });

  it('the OpenAPI document gives every operation an example that it takes', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const operation of Object.values(methods)) {
        const needed = operation.parameters.filter(({ required }) => required);
        expect({ path, needed: needed.filter(({ example }) => example === undefined) }).toEqual({
          path,
          needed: [],
        });
      }
    }
  });
});

describe('answers of the API', () => {
  // `strict` would refuse the rest of the document beside its schemas.
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(JSON.parse(JSON.stringify(document)), 'openapi');

  const pointer = (...keys: string[]) =>
    `openapi#/${keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

  /** Fails where an answer is not as the document says, or has a status that it doesn't know. */
  function expectDescribed(method: 'get' | 'post', path: string, response: request.Response): void {
    const type = (response.get('Content-Type') ?? '').split(';')[0] ?? '';
    const status = String(response.status);
    expect(document.paths[path]?.[method]?.responses[status]?.content).toHaveProperty([type]);
    if (type !== 'application/json') return;
    const keys = ['paths', path, method, 'responses', status, 'content', type, 'schema'];
    const validate = ajv.compile({ $ref: pointer(...keys) });
    expect({ valid: validate(response.body), errors: validate.errors, body: response.body }).toMatchObject({
      valid: true,
    });
  }

  it.each([
    ['/api/charts/daily', ''],
    ['/api/charts/daily', '?from=2019-01-01&to=2019-01-03&product=clothes&device=mobile'],
    ['/api/charts/daily', '?from=tomorrow'],
    ['/api/charts/daily', '?format=csv'],
    ['/api/charts/orders', ''],
    ['/api/charts/devices', '?count=events'],
    ['/api/charts/devices', '?year=12'],
    ['/api/charts/funnel', ''],
    ['/api/charts/today', ''],
    ['/api/dead-letters', ''],
    ['/api/dead-letters', '?limit=0'],
    ['/api/openapi.json', ''],
    ['/api/docs', ''],
  ])('answers are as described: GET %s%s', async (path, query) => {
    await request(line.url)
      .post('/api/events')
      .send([anEvent(), anEvent({ title: 'order' })])
      .expect(202);
    expectDescribed('get', path, await request(line.url).get(`${path}${query}`));
  });

  it.each([
    ['one event', () => anEvent()],
    ['some of them wrong', () => [anEvent({ context: { age: 30 } }), { title: 'order' }]],
    ['all of them wrong', () => [{}]],
    ['none', () => []],
  ])('answers are as described: POST /api/events with %s', async (_name, body) => {
    expectDescribed('post', '/api/events', await request(line.url).post('/api/events').send(body()));
  });

  it('answers are as described for one event, before and after it is a row', async () => {
    const event = anEvent({ context: { item: 'linen-shirt' } });
    const path = '/api/events/{order_id}';
    const look = () => request(line.url).get(`/api/events/${event.order_id}`);
    expectDescribed('get', path, await look());
    await request(line.url).post('/api/events').send(event).expect(202);
    expectDescribed('get', path, await look());
    await eventually(async () => (await look()).body.hops?.stored_at);
    expectDescribed('get', path, await look());
  });

  it('answers are as described for a dead letter, whatever is done with it', async () => {
    const [first, second] = await setAside(line, [Buffer.from([255, 254]), null]);
    const one = '/api/dead-letters/{id}';
    const get = async (id: number | undefined) => request(line.url).get(`/api/dead-letters/${id}`);
    const post = async (path: string, body?: object) => request(line.url).post(path).send(body);
    expectDescribed('get', '/api/dead-letters', await request(line.url).get('/api/dead-letters'));
    expectDescribed('get', one, await get(first));
    expectDescribed('get', one, await get(9_999_999));
    for (const body of [{}, anEvent(), anEvent()]) {
      expectDescribed('post', `${one}/send`, await post(`/api/dead-letters/${first}/send`, body));
    }
    for (let times = 0; times < 2; times += 1) {
      expectDescribed('post', `${one}/discard`, await post(`/api/dead-letters/${second}/discard`));
    }
    expectDescribed('get', one, await get(first));
    expectDescribed('get', one, await get(second));
  });

  it('the collector takes for an event exactly what the described schema takes, where JSON Schema can say it', () => {
    const validate = ajv.compile({ $ref: pointer('components', 'schemas', 'Event') });
    expect(validate(anEvent())).toBe(true);
    for (const wrong of [
      { order_id: 'ABC' },
      { product: 'cars' },
      { time: '2026-01-31T12:00:00Z' },
      { target: 2 },
      { extra: 1 },
      { context: { age: 131 } },
      { context: { user_agent: 'a\0' } },
    ]) {
      expect({ wrong, valid: validate({ ...anEvent(), ...wrong }) }).toEqual({ wrong, valid: false });
    }
  });
});
