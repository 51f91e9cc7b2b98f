// What pages of other sites may do here: nothing that changes anything, and send events where CORS_ORIGINS says so.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { startWeb } from '../../src/web/part.ts';
import { expectError, expectErrorPage } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

const FRIEND = 'https://friend.example';
const ROUTES = [
  '/order',
  '/visitor',
  '/visitor/forget',
  '/site-version',
  '/events/rejected/1/send',
  '/events/rejected/1/discard',
  '/api/dead-letters/1/send',
  '/api/dead-letters/1/discard',
  '/api/events',
  '/no/such/route',
];

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

describe('a request of another site', () => {
  const elsewhere = [
    { Origin: 'https://elsewhere.example' },
    { Origin: 'null' },
    { Origin: 'http://127.0.0.1:1' },
    { Origin: 'nonsense' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: '' },
  ];

  it.each(ROUTES)(
    'a request of another site is refused whatever its method, unless it only looks: %s',
    async (route) => {
      for (const headers of elsewhere) {
        for (const method of ['post', 'put', 'patch', 'delete', 'options'] as const) {
          const response = await request(line.url)
            [method](route)
            .set('Accept', 'application/json')
            .set(headers)
            .send();
          expectError(response, 403, 'other_origin');
          expect(response.headers['access-control-allow-origin']).toBeUndefined();
        }
      }
    },
  );

  it('the form of a page changes nothing when another site sends it', async () => {
    const shopper = request.agent(line.url);
    await shopper.get('/');
    const response = await shopper
      .post('/visitor')
      .type('form')
      .set('Accept', 'text/html')
      .set('Origin', 'https://elsewhere.example')
      .send({ gender: 'F', birthdate: '' });
    expectErrorPage(response, 403);
    expect(response.get('Set-Cookie')).toBeUndefined();
  });

  it('a request of another site may look, as a link from there does', async () => {
    await request(line.url).get('/').set('Sec-Fetch-Site', 'cross-site').expect(200);
    await request(line.url).head('/').set('Origin', 'https://elsewhere.example').expect(200);
  });

  it('a request of another site is told from one of our own page by what the browser says', async () => {
    const own = { gender: 'F', birthdate: '' };
    const post = () => request(line.url).post('/visitor').type('form').send(own);
    await post().set('Origin', line.url).expect(303);
    await post().set('Sec-Fetch-Site', 'same-origin').expect(303);
    await post().expect(303);
  });
});

describe('CORS_ORIGINS', () => {
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    const web = await startWeb(
      { ...line.config, PORT: port, CORS_ORIGINS: [FRIEND], DATA_DIR: `${line.config.DATA_DIR}/second` },
      testLog,
    );
    url = `http://127.0.0.1:${port}`;
    return () => web.close();
  });
  const stored = (orderId: string) =>
    eventually(async () => (await request(url).get(`/api/events/${orderId}`)).body.hops?.stored_at);

  it('CORS_ORIGINS answers the preflight of a page it names, for the collector alone', async () => {
    const ask = (path: string, origin: string) =>
      request(url)
        .options(path)
        .set({ Origin: origin, 'Access-Control-Request-Method': 'POST', 'Sec-Fetch-Site': 'cross-site' });
    const { headers } = await ask('/api/events', FRIEND).expect(204);
    expect(headers['access-control-allow-origin']).toBe(FRIEND);
    expect(headers['access-control-allow-methods']).toBe('POST');
    expect(headers['access-control-allow-headers']).toContain('Content-Type');
    expect(headers.vary).toContain('Origin');
    for (const origin of ['https://other.example', `${FRIEND}.evil.example`, 'null', `${FRIEND}:8443`])
      expectError(await ask('/api/events', origin), 403, 'other_origin');
    expectError(await ask('/api/dead-letters/1/discard', FRIEND), 403, 'other_origin');
  });

  it('CORS_ORIGINS takes events of its pages, and lets them read the answer, whatever it is', async () => {
    const event = anEvent();
    const post = () => request(url).post('/api/events').set('Origin', FRIEND);
    const taken = await post().send(event).expect(202);
    expect(taken.headers['access-control-allow-origin']).toBe(FRIEND);
    expect(taken.headers['cross-origin-resource-policy']).toBe('cross-origin');
    const refused = await post().send({}).expect(400);
    expect(refused.headers['access-control-allow-origin']).toBe(FRIEND);
    await stored(event.order_id);
  });

  it('CORS_ORIGINS takes beacons: an event, an array or lines as text/plain', async () => {
    const events = Array.from({ length: 5 }, () => anEvent());
    const [one, two, three, ...lines] = events;
    const bodies = [
      JSON.stringify(one),
      JSON.stringify([two, three]),
      lines.map((event) => JSON.stringify(event)).join('\n'),
    ];
    for (const body of bodies) {
      await request(url)
        .post('/api/events')
        .set({ Origin: FRIEND, 'Content-Type': 'text/plain;charset=UTF-8' })
        .send(body)
        .expect(202);
    }
    for (const event of events) await stored(event.order_id);
  });

  it('CORS_ORIGINS names nobody by default, and takes no text/plain from programs', async () => {
    const beacon = { 'Content-Type': 'text/plain', Origin: FRIEND };
    const { status } = await request(line.url).post('/api/events').set(beacon).send('{}');
    expect(status).toBe(403);
    const program = request(url).post('/api/events').set('Content-Type', 'text/plain').send('{}');
    expectError(await program, 415, 'content_type');
  });
});
