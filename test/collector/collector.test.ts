import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

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
  it('the collector takes one event, and says where in Kafka it is', async () => {
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

  it('the collector takes an event twice in one request, and rejects at once another event with the same order_id', async () => {
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

  it('the collector takes another event with an order_id that was taken before, and ingest sets it aside', async () => {
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

  it('the collector rejects at once an event that is more than a day ahead, and takes one that is less', async () => {
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

  it('the context of an event is shown on its page as text', async () => {
    const event = anEvent({ context: { user_agent: '<script>alert(1)</script>' } });
    await post().send(event).expect(202);
    await storedContext(event.order_id);
    const { text } = await request(line.url).get(`/events/${event.order_id}`).expect(200);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toContain('<script>alert(1)');
  });

  it('the collector answers 202 only once the events are in Kafka, at the offsets it names', async () => {
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
    'the collector takes a line an event as %s',
    async (type) => {
      const lines = [anEvent(), anEvent()].map((event) => JSON.stringify(event));
      const { body } = await postText(`${lines[0]}\r\n\n${lines[1]}\n`, type).expect(202);
      expect(body).toMatchObject({ accepted: 2, rejected: 0 });
    },
  );

  it('the collector takes a compressed body, and an application/…+json', async () => {
    const packed = gzipSync(JSON.stringify(anEvent()));
    await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body) => body)
      .send(packed)
      .expect(202);
    await postText(JSON.stringify(anEvent()), 'application/cloudevents+json; charset=utf-8').expect(202);
  });

  it('the collector takes the good ones of a mixed body and gives the reason for each other, in their order', async () => {
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

  it('the collector reads the other lines of NDJSON where one is broken', async () => {
    const lines = [JSON.stringify(anEvent()), '{"order_id": ', JSON.stringify(anEvent())];
    const { body } = await postText(lines.join('\n'), 'application/x-ndjson').expect(202);
    expect(body.results.map(({ accepted, code }: Record<string, unknown>) => code ?? accepted)).toEqual([
      true,
      'not_json',
      true,
    ]);
  });

  it('the collector answers 400 with every reason where it took no event', async () => {
    const response = await post().send([{ ...anEvent(), target: 1 }, {}]);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ accepted: 0, rejected: 2, error: { code: 'rejected' } });
    expect(Object.keys(response.body.error).sort()).toEqual(['code', 'expected', 'message', 'received']);
    expect(response.body.results[0].reason).toContain('target: received 1');
    expectNoLeak(response.text);
  });

  it('an order_id is stored once, however often and with whatever else it is sent', async () => {
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

  it('what is told of an event stays what is stored, where somebody sends its order_id with something else', async () => {
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

  it('the collector marks robots and does not drop them', async () => {
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

  it('an event keeps what the client says of the visitor, and is received when the collector’s clock says', async () => {
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

  it('the collector takes headers of a client that no schema would take', async () => {
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
