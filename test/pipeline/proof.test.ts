// The ledger against a real line, with records of every kind, and the proof, which believes none of its counters.

import request from 'supertest';
import { expect, it } from 'vitest';
import { newOrderId } from '../../src/events/ids.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';

it('each record is stored, repeated or set aside, and the proof finds a row that is gone', async () => {
  const line = await startLine();
  const once = anEvent();
  const events = [once, anEvent(), anEvent(), once].map((event) => JSON.stringify(event));
  const twin = JSON.stringify({ ...anEvent(), order_id: newOrderId() });
  const values = [...events, 'no event', '{}', twin, twin];
  const producer = line.kafka.producer();
  await producer.connect();
  await producer.send({ topic: line.config.KAFKA_TOPIC, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
  const followed = anEvent();
  await request(line.url).post('/api/events').send(followed).expect(202);
  const look = async () => (await request(line.url).get('/api/pipeline').expect(200)).body;
  const state = await eventually(async () => {
    const now = await look();
    return now.ledger?.acknowledged === 9 && now.ledger.on_the_way === 0 && now;
  });
  expect(state.ledger).toEqual({
    acknowledged: 9,
    stored: 5,
    repeated: 2,
    set_aside: 2,
    absent: 0,
    on_the_way: 0,
    missing: 0,
    whole: true,
  });
  expect(state.kafka.partitions).toHaveLength(3);
  expect(state.outbox).toMatchObject({ taken: 1, acknowledged: 1, waiting: 0 });
  const prove = async () => (await request(line.url).get('/api/pipeline/ledger').expect(200)).body;
  expect(await prove()).toMatchObject({ rows: 5, dead_letters: 2, followed: 1, found: 1, whole: true });
  await line.pool.query('DELETE FROM events WHERE order_id = $1', [followed.order_id]);
  expect(await prove()).toMatchObject({
    rows: 4,
    ledger_rows: 5,
    found: 0,
    missing: [followed.order_id],
    whole: false,
  });
});
