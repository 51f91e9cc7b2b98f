import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { type CorsOrigins, cors } from '../../src/http/cors.ts';

const THEIRS = 'https://example.org';

function answers(origins: CorsOrigins) {
  const open = cors('/api/events', origins);
  const app = express();
  app.use((req, res, next) => {
    if (!open(req, res, next)) res.status(403).end();
  });
  app.use((_req, res) => res.status(201).end());
  return app;
}

it('cors answers a preflight of a named origin itself', async () => {
  const { status, headers } = await request(answers([THEIRS]))
    .options('/api/events')
    .set('Origin', THEIRS);
  expect(status).toBe(204);
  expect(headers).toMatchObject({
    'access-control-allow-origin': THEIRS,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Content-Type, Content-Encoding',
    'access-control-max-age': '7200',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Origin',
  });
});

it('cors lets a post of a named origin through, and that page read when to try again', async () => {
  const { status, headers } = await request(answers([THEIRS]))
    .post('/api/events')
    .set('Origin', THEIRS);
  expect(status).toBe(201);
  expect(headers).toMatchObject({
    'access-control-allow-origin': THEIRS,
    'access-control-expose-headers': 'Retry-After',
  });
});

it('cors names the origin that asks where any may, as credentials come along', async () => {
  const { headers } = await request(answers('*')).post('/api/events').set('Origin', 'https://any.example');
  expect(headers['access-control-allow-origin']).toBe('https://any.example');
});

it.each([
  ['of another origin', '/api/events', 'https://example.org.evil.example'],
  ['of another scheme', '/api/events', 'http://example.org'],
  ['of no known origin', '/api/events', 'null'],
  ['without an origin', '/api/events', undefined],
  ['to another route', '/api/events/', THEIRS],
  ['to a route below', '/api/events/x', THEIRS],
])(
  'cors leaves a request %s to the rule of the same origin, and tells it nothing',
  async (_, path, origin) => {
    const { status, headers } = await request(answers([THEIRS]))
      .post(path)
      .set(origin === undefined ? {} : { Origin: origin });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
);
