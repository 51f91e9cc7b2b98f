// Topics are deleted while the program runs, and created again, from offset 0 on, by the part that needs them first: events acknowledged
// from then on are stored, bad messages are set aside, and the followers continue. Or partitions are added.

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { startLive } from '../../src/live/part.ts';
import { afterFile } from '../support/after-file.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';

const line = await startLine();
const live = await startLive(line.config, testLog);
afterFile(() => live.close());
const admin = line.kafka.admin();
await admin.connect();

const clicks = (count: number) => Array.from({ length: count }, () => anEvent({ title: 'banner_click' }));

/** Posts events until all are acknowledged. */
async function post(events: readonly { readonly order_id: string }[]): Promise<void> {
  const { status, body } = await request(line.url).post('/api/events').send(events);
  expect([status, body]).toMatchObject([202, { rejected: 0 }]);
}

async function areStored(events: readonly { readonly order_id: string }[]): Promise<boolean> {
  const ids = events.map(({ order_id }) => order_id);
  const { rowCount } = await line.pool.query('SELECT FROM events WHERE order_id = ANY($1::uuid[])', [ids]);
  return rowCount === ids.length;
}

describe('a topic that is deleted while the program runs', () => {
  it('a topic that is deleted while the program runs is created again by the next event; what was acknowledged is stored, and followed', async () => {
    const before = clicks(12);
    await post(before);
    await eventually(() => areStored(before));
    await admin.deleteTopics({ topics: ['ecommerce', 'enriched-click-data', 'ecommerce.dead-letter'] });
    // More than before: also where the old offsets are.
    const after = clicks(50);
    await eventually(async () => {
      const { status } = await request(line.url).post('/api/events').send(after);
      return status === 202;
    });
    await eventually(() => areStored(after));
    await eventually(async () => {
      const topics = await admin
        .fetchTopicMetadata({ topics: ['enriched-click-data'] })
        .catch(() => undefined);
      return topics !== undefined;
    });
    await eventually(async () => {
      const ends = await admin.fetchTopicOffsets('enriched-click-data');
      return ends.reduce((sum, { high }) => sum + Number(high), 0) >= after.length;
    });
  });

  it('a topic that is deleted while the program runs has dead letters at places where earlier ones were', async () => {
    const producer = line.kafka.producer();
    await producer.connect();
    const bad = async (value: string) => {
      await producer.send({ topic: 'ecommerce', messages: [{ value, partition: 1 }] });
    };
    const letters = async (value: string) =>
      (await line.pool.query('SELECT FROM dead_letters WHERE payload = $1', [Buffer.from(value)]))
        .rowCount === 1;
    const succeeds = (attempt: () => Promise<unknown>) =>
      eventually(() =>
        attempt().then(
          () => true,
          () => false,
        ),
      );
    const topics = [{ topic: 'ecommerce', numPartitions: 3 }];
    for (const value of ['first', 'second']) {
      await admin.deleteTopics({ topics: ['ecommerce'] });
      await succeeds(() => admin.createTopics({ topics }));
      await succeeds(() => bad(value));
      await eventually(() => letters(value));
    }
    const good = clicks(1);
    await post(good);
    await eventually(() => areStored(good));
  });
});

describe('partitions that are added while the program runs', () => {
  it('partitions that are added while the program runs are read by ingest and by all that follows it, from their beginning', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic: 'ecommerce', count: 5 }] });
    const events = clicks(4);
    const producer = line.kafka.producer();
    await producer.connect();
    const messages = events.map((event, n) => ({ value: JSON.stringify(event), partition: 3 + (n % 2) }));
    await producer.send({ topic: 'ecommerce', messages });
    await producer.disconnect();
    await eventually(() => areStored(events));
    await eventually(async () => {
      const { rows } = await line.pool.query<{ consumer_group: string }>(
        `SELECT consumer_group FROM consumer_offsets WHERE topic = 'ecommerce' AND "partition" IN (3, 4) AND next_offset = 2`,
      );
      return rows.length === 2 * new Set(rows.map((row) => row.consumer_group)).size && rows.length === 8;
    });
    await eventually(async () => (await request(line.url).get('/readyz')).status === 200);
  });
});
