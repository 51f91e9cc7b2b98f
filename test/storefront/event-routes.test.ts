// One event as a page, as JSON and as a stream. test/site/admin has who is told what is personal.

import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { newOrderId } from '../../src/events/ids.ts';
import type { Trace } from '../../src/tracing/trace.ts';
import { expectError } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
const stored = anEvent({ title: 'order', product: 'clothes' });
beforeAll(async () => {
  line = await startLine();
  await request(line.url).post('/api/events').send(stored).expect(202);
  await eventually(
    async () => (await request(line.url).get(`/api/events/${stored.order_id}`)).body.hops?.stored_at,
  );
});

it.each(['/order/', '/events/', '/api/events/'])('an event that there is not is 404: %s', async (base) => {
  for (const id of [
    'x',
    newOrderId(),
    stored.order_id.toUpperCase(),
    `${stored.order_id}0`,
    "'%20OR%201=1--",
    '__proto__',
  ]) {
    const response = await request(line.url)
      .get(base + id)
      .set('Accept', 'application/json');
    expectError(response, 404, 'not_found');
  }
});

it('an order is shown only where there was one', async () => {
  const click = anEvent();
  await request(line.url).post('/api/events').send(click).expect(202);
  await request(line.url).get(`/order/${click.order_id}`).expect(404);
  await request(line.url).get(`/events/${click.order_id}`).expect(200);
});

it('an event is told as JSON with its hops and without the trace of the page', async () => {
  const { body, headers } = await request(line.url).get(`/api/events/${stored.order_id}`).expect(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(Object.keys(body)).toEqual(['event', 'context', 'hops']);
  expect(body.event).toEqual(stored);
  expect(Object.values(body.hops)).not.toContain(null);
});

it('a visitor is told his own events, personal fields included, as they move on', async () => {
  const shopper = request.agent(line.url);
  const [cookie = ''] =
    (await shopper.get('/').set('X-Forwarded-For', '203.0.113.7').expect(200)).get('Set-Cookie') ?? [];
  const headers = { cookie: cookie.split(';')[0] ?? '', 'x-forwarded-for': '203.0.113.7' };
  const stream = await fetch(`${line.url}/api/trace`, { headers });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const traces = () =>
    [...text.matchAll(/^event: trace\ndata: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Trace);
  while (!traces().some(({ postgres }) => postgres !== null)) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  const [first] = traces();
  expect(new Set(traces().map(({ order_id }) => order_id))).toEqual(new Set([first?.order_id]));
  expect(first?.title).toBe('banner_show');
  const own = await fetch(`${line.url}/api/events/${first?.order_id}`, { headers });
  expect(((await own.json()) as { context: object }).context).toHaveProperty('ip');
  const another = await fetch(`${line.url}/api/events/${first?.order_id}`, {
    headers: { 'x-forwarded-for': '203.0.113.7' },
  });
  expect(((await another.json()) as { context: object }).context).not.toHaveProperty('ip');
});
