import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import request from 'supertest';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { BODY_BYTES, MOST_EVENTS } from '../../src/collector/body.ts';
import { expectError, expectNoLeak } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { sendRaw } from '../support/raw-http.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

const post = () => request(line.url).post('/api/events');
const postText = (text: string, type = 'application/json') => post().set('Content-Type', type).send(text);

/** The stored context of an event, once it is stored. */
async function storedContext(orderId: string): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const { rows } = await line.pool.query('SELECT context FROM events WHERE order_id = $1', [orderId]);
    return rows[0]?.context;
  });
}

describe('the collector', () => {
  it('takes one event, and says where in Kafka it is', async () => {
    const event = anEvent();
    const { body } = await post().send(event).expect(202);
    expect(body).toMatchObject({
      accepted: 1,
      rejected: 0,
      results: [{ accepted: true, order_id: event.order_id }],
    });
    const { body: known } = await request(line.url).get(`/api/events/${event.order_id}`).expect(200);
    expect(known.event).toEqual(event);
    const { partition, offset } = body.results[0];
    expect(known.hops).toMatchObject({
      topic: 'ecommerce',
      partition,
      offset,
      acknowledged_at: expect.any(String),
    });
  });

  it('takes an event twice in one request, and rejects at once another event with the same order_id', async () => {
    const event = anEvent();
    const other = { ...event, page_id: anEvent().page_id, product: 'sneakers' as const };
    const { body } = await post().send([event, other, event]).expect(202);
    expect(body).toMatchObject({ accepted: 2, rejected: 1 });
    expect(body.results[0]).toMatchObject({ accepted: true, order_id: event.order_id });
    expect(body.results[1]).toEqual({
      accepted: false,
      code: 'order_id_conflict',
      reason: `order_id: received ${event.order_id} again with another page_id, product, expected an order_id of its own or the same event`,
    });
    expect(body.results[2]).toMatchObject({ accepted: true, order_id: event.order_id });
  });

  it('takes another event with an order_id that was taken before, and ingest sets it aside', async () => {
    const event = anEvent();
    await post().send(event).expect(202);
    await storedContext(event.order_id);
    const other = { ...event, time: new Date(Date.parse(event.time) - 1).toISOString() };
    await post().send(other).expect(202);
    const letter = await eventually(async () => {
      const { rows } = await line.pool.query(
        `SELECT payload, reason FROM dead_letters WHERE code = 'order_id_conflict'`,
      );
      return rows.find(({ reason }) => reason.includes(event.order_id));
    });
    expect(JSON.parse(letter.payload.toString())).toMatchObject(other);
    const { body } = await request(line.url).get(`/api/events/${event.order_id}`).expect(200);
    expect(body.event).toEqual(event);
  });

  it('rejects at once an event that is more than a day ahead, and takes one that is less', async () => {
    const ahead = (ms: number) => anEvent({ time: new Date(Date.now() + ms).toISOString() });
    const { body } = await post()
      .send([ahead(23 * 3_600_000), ahead(25 * 3_600_000), anEvent({ time: '2099-01-01T00:00:00.000Z' })])
      .expect(202);
    expect(body.results.map((result: { code?: string }) => result.code)).toEqual([
      undefined,
      'time_in_the_future',
      'time_in_the_future',
    ]);
  });

  it('has its context shown on the page of the event as text', async () => {
    const event = anEvent({ context: { user_agent: '<script>alert(1)</script>' } });
    await post().send(event).expect(202);
    await storedContext(event.order_id);
    const { text } = await request(line.url).get(`/events/${event.order_id}`).expect(200);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert(1)');
  });

  it('answers 202 only once the events are in Kafka, at the offsets it names', async () => {
    const events = Array.from({ length: 50 }, () => anEvent());
    const { body } = await post().send(events).expect(202);
    const admin = line.kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(line.config.KAFKA_TOPIC);
    await admin.disconnect();
    for (const { partition, offset } of body.results) {
      const end = ends.find((one) => one.partition === partition)?.high ?? '0';
      expect(BigInt(offset)).toBeLessThan(BigInt(end));
    }
    const { rows } = await eventually(async () => {
      const found = await line.pool.query(
        `SELECT replace(order_id::text, '-', '') AS order_id, "partition", "offset"::text FROM events WHERE order_id = ANY($1)`,
        [events.map(({ order_id }) => order_id)],
      );
      return found.rowCount === events.length && found;
    });
    const accepted = body.results.map(({ order_id, partition, offset }: Record<string, unknown>) => ({
      order_id,
      partition,
      offset,
    }));
    expect(rows).toHaveLength(50);
    expect(accepted).toEqual(expect.arrayContaining(rows));
  });

  it.each(['application/x-ndjson', 'application/ndjson', 'application/jsonl'])(
    'takes a line an event as %s',
    async (type) => {
      const lines = [anEvent(), anEvent()].map((event) => JSON.stringify(event));
      const { body } = await postText(`${lines[0]}\r\n\n${lines[1]}\n`, type).expect(202);
      expect(body).toMatchObject({ accepted: 2, rejected: 0 });
    },
  );

  it('takes a compressed body, and an application/…+json', async () => {
    const packed = gzipSync(JSON.stringify(anEvent()));
    await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(packed)
      .expect(202);
    await postText(JSON.stringify(anEvent()), 'application/cloudevents+json; charset=utf-8').expect(202);
  });

  it('takes the good ones of a mixed body and gives the reason for each other, in their order', async () => {
    const good = [anEvent(), anEvent({ title: 'order' })];
    const sent = [
      good[0],
      { ...anEvent(), product: 'shoes' },
      null,
      [anEvent()],
      good[1],
      { ...anEvent(), extra: 1 },
    ];
    const { body } = await post().send(sent).expect(202);
    expect(body).toMatchObject({ accepted: 2, rejected: 4 });
    expect(body.results).toEqual([
      expect.objectContaining({ accepted: true, order_id: good[0]?.order_id }),
      {
        accepted: false,
        code: 'not_an_event',
        reason: expect.stringMatching(/^product: received "shoes", expected .*sneakers/),
      },
      { accepted: false, code: 'not_an_event', reason: expect.stringContaining('received null') },
      { accepted: false, code: 'not_an_event', reason: expect.stringContaining('expected a JSON object') },
      expect.objectContaining({ accepted: true, order_id: good[1]?.order_id }),
      { accepted: false, code: 'not_an_event', reason: expect.stringContaining('no field named extra') },
    ]);
  });

  it('reads the other lines of NDJSON where one is broken', async () => {
    const lines = [JSON.stringify(anEvent()), '{"order_id": ', JSON.stringify(anEvent())];
    const { body } = await postText(lines.join('\n'), 'application/x-ndjson').expect(202);
    expect(body.results.map(({ accepted, code }: Record<string, unknown>) => code ?? accepted)).toEqual([
      true,
      'not_json',
      true,
    ]);
  });

  it('answers 400 with every reason where it took none', async () => {
    const response = await post().send([{ ...anEvent(), target: 1 }, {}]);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ accepted: 0, rejected: 2, error: { code: 'rejected' } });
    expect(Object.keys(response.body.error).sort()).toEqual(['code', 'expected', 'message', 'received']);
    expect(response.body.results[0].reason).toContain('target: received 1');
    expectNoLeak(response.text);
  });

  it('stores an order_id once, however often and with whatever else it is sent', async () => {
    const event = anEvent();
    const answers = await Promise.all(
      [event, event, { ...event, product: 'sneakers' }].map((one) => post().send(one)),
    );
    await post().send([event, event]).expect(202);
    for (const { status } of answers) expect(status).toBe(202);
    const last = anEvent({ user_id: event.user_id });
    await post().send(last).expect(202);
    await storedContext(last.order_id);
    const { rows } = await line.pool.query('SELECT count(*) AS count FROM events WHERE user_id = $1', [
      event.user_id,
    ]);
    expect(rows).toEqual([{ count: 2 }]);
  });

  it('goes on telling of an event what is stored, where somebody sends its order_id with something else', async () => {
    const event = anEvent({ product: 'clothes' });
    await post().send(event).expect(202);
    await storedContext(event.order_id);
    const forged = { ...event, product: 'sneakers' as const, user_id: anEvent().user_id };
    await post().send(forged).expect(202);
    const later = anEvent({ user_id: forged.user_id });
    await post().send(later).expect(202);
    await eventually(
      async () => (await request(line.url).get(`/api/events/${later.order_id}`)).body.hops.stored_at,
    );
    const { body } = await request(line.url).get(`/api/events/${event.order_id}`).expect(200);
    expect(body.event).toEqual(event);
  });

  it('marks robots and does not drop them', async () => {
    const [robot, browser, relayed] = [
      anEvent(),
      anEvent(),
      anEvent({ context: { user_agent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' } }),
    ];
    await post().set('User-Agent', 'curl/8.0').send(robot).expect(202);
    await post()
      .set('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')
      .send(browser)
      .expect(202);
    await post().send(relayed).expect(202);
    expect(await storedContext(robot.order_id)).toMatchObject({
      user_agent: 'curl/8.0',
      ip: '127.0.0.0',
    });
    // Who posts is not the visitor: a program that relays people is no robot's visit.
    expect(await storedContext(robot.order_id)).not.toHaveProperty('bot');
    expect(await storedContext(browser.order_id)).not.toHaveProperty('bot');
    expect(await storedContext(relayed.order_id)).toMatchObject({ bot: true });
    expect(await storedContext(relayed.order_id)).not.toHaveProperty('ip');
  });

  it('keeps what the client says of the visitor, and when it was received by its own clock', async () => {
    const context = {
      ip: '203.0.113.7',
      gender: 'F' as const,
      age: 33,
      received_at: '2001-01-01T00:00:00.000Z',
    };
    const event = anEvent({ context });
    await post().send(event).expect(202);
    const stored = await storedContext(event.order_id);
    expect(stored).toMatchObject({ ip: '203.0.113.0', gender: 'F', age: 33 });
    expect(Date.parse(String(stored.received_at))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('takes headers of a client that no schema would take', async () => {
    const event = anEvent();
    await post()
      .set('User-Agent', `Mozilla ${'é'.repeat(3_000)}`)
      .set('Referer', 'x'.repeat(5_000))
      .send(event)
      .expect(202);
    expect(await storedContext(event.order_id)).toMatchObject({
      user_agent: expect.stringMatching(/^.{1024}$/),
    });
  });
});

describe('the collector refuses', () => {
  it.each([
    ['nothing', ''],
    ['blanks', ' \n '],
    ['an empty array', '[]'],
  ])('%s', async (_name, text) => {
    expectError(await postText(text), 400, 'empty');
  });

  it.each([
    '{',
    '[1,',
    'undefined',
    "{'a':1}",
    '{"a":1}{"b":2}',
    'NaN',
    '\ufeff',
    '<xml/>',
    '{"order_id":"\ud800"',
  ])('what is not JSON, in one line: %j', async (text) => {
    const response = await postText(text);
    expectError(response, 400, text === '\ufeff' ? 'empty' : 'not_json');
    expect(response.body.error.message).not.toMatch(/\n/);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'json',
    '',
  ])('another Content-Type: %j', async (type) => {
    const response = await post().set('Content-Type', type).send(JSON.stringify(anEvent()));
    expectError(response, 415, 'content_type');
    expect(response.body.error.expected).toContain('application/x-ndjson');
  });

  it('refuses an unknown charset or encoding', async () => {
    expectError(await postText('{}', 'application/json; charset=klingon'), 415, 'charset');
    expectError(await postText('{}').set('Content-Encoding', 'zip'), 415, 'encoding');
  });

  it('refuses a body that is not UTF-8, instead of storing something else', async () => {
    const bytes = Buffer.from(JSON.stringify(anEvent({ context: { item: 'caf@' } }))).map((byte) =>
      byte === 0x40 ? 0xe9 : byte,
    );
    const response = await post()
      .set('Content-Type', 'application/json')
      .serialize((body) => body)
      .send(bytes);
    expectError(response, 400, 'not_text');
  });

  it('refuses a body that is not what its encoding says', async () => {
    const response = await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(Buffer.from('not gzip'));
    expectError(response, 400, 'encoding');
  });

  it('10 MB, with the length told and without, and ends the connection', async () => {
    const ten = Buffer.alloc(10 * 1024 * 1024, 0x20);
    const head = 'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const told = await sendRaw(
      line.url,
      Buffer.concat([Buffer.from(`${head}Content-Length: ${ten.length}\r\n\r\n`), ten]),
    );
    const chunk = Buffer.from(`${ten.length.toString(16)}\r\n`);
    const untold = await sendRaw(
      line.url,
      Buffer.concat([
        Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
        chunk,
        ten,
        Buffer.from('\r\n0\r\n\r\n'),
      ]),
    );
    for (const answer of [told, untold]) {
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
      expect(answer).toContain(`at most ${BODY_BYTES} bytes`);
    }
  });

  it('refuses a small body that unpacks to 100 MB', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20));
    const response = await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(bomb);
    expectError(response, 413, 'too_large');
  });

  it('refuses more lines than may be taken, before any of them is parsed', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const lines = '{\n'.repeat(BODY_BYTES / 2 - 1);
    const response = await post()
      .set({ 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' })
      .serialize((body) => body)
      .send(gzipSync(lines));
    const parsed = parse.mock.calls.filter(([text]) => text === '{').length;
    parse.mockRestore();
    expectError(response, 413, 'too_many');
    expect(response.body.error.received).toBe(`more than ${MOST_EVENTS}`);
    expect(parsed).toBe(0);
  });

  it(`refuses more than ${MOST_EVENTS} events`, async () => {
    const response = await post().send(Array.from({ length: MOST_EVENTS + 1 }, () => 0));
    expectError(response, 413, 'too_many');
    expect(response.body.error).toMatchObject({
      received: MOST_EVENTS + 1,
      expected: `at most ${MOST_EVENTS}`,
    });
  });

  it('refuses JSON that is nested half a million deep', async () => {
    for (const text of [
      '['.repeat(500_000),
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      '{"a":'.repeat(150_000),
    ]) {
      const response = await postText(text);
      expect(response.status).toBe(400);
      expectNoLeak(response.text);
      expect(response.text.length).toBeLessThan(2_000);
    }
  });

  it('whatever JSON that is no event, without an error of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), async (json) => {
        const response = await postText(json);
        expect(response.status).toBe(400);
        expectNoLeak(response.text.replaceAll(json, ''));
      }),
      { numRuns: 60 },
    );
  });

  it('refuses __proto__ and constructor as fields', async () => {
    const text = JSON.stringify(anEvent());
    for (const field of [
      '"__proto__":{"accepted":true}',
      '"constructor":{"prototype":{"x":1}}',
      '"context":{"__proto__":{"bot":false}}',
    ]) {
      const { body } = await postText(text.replace('{', `{${field},`)).expect(400);
      expect(body.accepted).toBe(0);
    }
    expect(Object.hasOwn(Object.prototype, 'accepted')).toBe(false);
  });

  it('refuses a body that ends early, and stores nothing of it', async () => {
    const before = await line.pool.query('SELECT count(*) FROM dead_letters');
    await sendRaw(
      line.url,
      'POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"order_id":',
      0.2,
    );
    await request(line.url).get('/healthz').expect(200);
    expect((await line.pool.query('SELECT count(*) FROM dead_letters')).rows).toEqual(before.rows);
  });
});
