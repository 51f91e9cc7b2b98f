// The whole line of an event with Apache Kafka in the place of the embedded broker: nothing else changes.

import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLetterTopicOf } from '../../src/dead-letters/forwarder.ts';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { type ApacheKafka, KAFKA } from './apache-kafka.ts';

const missing = KAFKA.missing();
if (missing !== null) console.warn(`SKIPPED: the line over Apache Kafka, ${missing}`);

describe.skipIf(missing !== null)('the line over Apache Kafka', () => {
  let kafka: ApacheKafka;
  let line: Line;
  beforeAll(async () => {
    kafka = await KAFKA.start();
    line = await startLine({ brokerPort: kafka.port });
  }, 120_000);
  afterAll(() => kafka?.stop());

  it('makes the topic with three partitions where it is missing', async () => {
    const admin = line.kafka.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [line.config.KAFKA_TOPIC] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(3);
  });

  it('carries page views and orders into Postgres, once each', async () => {
    const shopper = request.agent(line.url);
    await shopper.get('/').expect(200);
    const page = await shopper.get('/product/electronics').expect(200);
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1];
    const form = { order_id: field('order_id'), signature: field('signature'), item: field('item') };
    await shopper.post('/order').type('form').send(form).expect(303);
    await shopper.post('/order').type('form').send(form).expect(303);
    const rows = await eventually(async () => {
      const found = await line.pool.query(
        'SELECT title, count(*)::int AS count FROM events GROUP BY title ORDER BY title',
      );
      return found.rows.length === 3 && found.rows;
    });
    expect(rows).toEqual([
      { title: 'banner_show', count: 2 },
      { title: 'banner_click', count: 1 },
      { title: 'order', count: 1 },
    ]);
    await expectRollupsEqualEvents(line.pool);
  });

  it('tells where Kafka has put an event', async () => {
    const { body } = await request(line.url).get('/api/charts/today').expect(200);
    expect(body.rows.length).toBeGreaterThan(0);
    const { rows } = await line.pool.query(
      `SELECT replace(order_id::text, '-', '') AS id FROM events LIMIT 1`,
    );
    const known = await request(line.url).get(`/api/events/${rows[0].id}`).expect(200);
    expect(known.body.hops).toMatchObject({
      topic: 'ecommerce',
      partition: expect.any(Number),
      offset: expect.any(String),
    });
  });

  it('sets aside what is no event, gives it to the dead-letter topic, and sends the mended event', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    const [id] = await setAside(line, [bytes]);
    const consumer = line.kafka.consumer({ groupId: 'letters', maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: deadLetterTopicOf(line.config.KAFKA_TOPIC), fromBeginning: true });
    const values: (Buffer | null)[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value) });
    await eventually(() => values.length === 1);
    await consumer.disconnect();
    expect(values).toEqual([bytes]);
    const event = anEvent();
    await request(line.url).post(`/api/dead-letters/${id}/send`).send(event).expect(202);
    await eventually(
      async () => (await request(line.url).get(`/api/events/${event.order_id}`)).body.hops?.stored_at,
    );
  });
});
