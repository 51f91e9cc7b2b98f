// The backlog of all sinks: events as the shop makes them, in three partitions, in requests of the size of the shop's
// publisher under load. The marks are the ids of the last event of each hundredth of a partition, for progress.ts.

import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { v7 } from 'uuid';
import { CATALOGUE } from '../../src/catalogue/catalogue.ts';
import { DEVICES, type ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { PARTITIONS } from '../../src/kafka/publisher.ts';
import { anEvent } from '../../test/support/events.ts';
import { pick } from '../pick.ts';

export const TOPIC = 'ecommerce';
const REQUEST = 1_200;
const MARKS = 100;
/** Spreads the events over time as a busy shop does, as events of one minute and kind share a row of the rollups. */
const EVENTS_PER_SECOND = 100;
const EVENTS_PER_VISITOR = 20;
const USER_AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
] as const;

/** Once the event `id` is stored, `rows` events of its partition are. */
export type Mark = { readonly id: string; readonly rows: number };

export type Backlog = {
  readonly rows: number;
  readonly bytes: number;
  /** Marks by partition, in order; the last one is the partition's last event. */
  readonly marks: readonly (readonly Mark[])[];
};

function makeEvent(userId: string, ms: number): ShopEvent {
  const item = pick(CATALOGUE);
  const roll = Math.random();
  const title = roll < 0.6 ? 'banner_show' : roll < 0.9 ? 'banner_click' : 'order';
  const time = new Date(ms).toISOString();
  return anEvent({
    order_id: v7({ msecs: ms }).replaceAll('-', ''),
    user_id: userId,
    product: item.product,
    site_version: pick(DEVICES),
    time,
    title,
    context: {
      ip: `192.0.2.${Math.floor(Math.random() * 256)}`,
      user_agent: pick(USER_AGENTS),
      bot: false,
      referrer: 'http://127.0.0.1:3000/',
      gender: 'U',
      item: item.slug,
      received_at: time,
    },
  });
}

/** Fills a new topic with `rows` events. */
export async function fillTopic(port: number, rows: number): Promise<Backlog> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const users = Array.from({ length: Math.ceil(rows / EVENTS_PER_VISITOR) }, newId);
  const began = Date.now() - (rows / EVENTS_PER_SECOND) * 1000;
  const ids: string[][] = Array.from({ length: PARTITIONS }, () => []);
  let bytes = 0;
  for (let from = 0; from < rows; from += REQUEST) {
    const messages = Array.from({ length: Math.min(REQUEST, rows - from) }, (_none, index) => {
      const user = Math.floor(Math.random() * users.length);
      const ms = began + Math.floor(((from + index) * 1000) / EVENTS_PER_SECOND);
      const event = makeEvent(users[user] ?? newId(), ms);
      const value = JSON.stringify(event);
      const partition = user % PARTITIONS;
      ids[partition]?.push(event.order_id);
      bytes += value.length;
      return { key: event.user_id, value, partition };
    });
    await producer.send({ topic: TOPIC, messages });
  }
  await producer.disconnect();
  return { rows, bytes, marks: ids.map(marksOf) };
}

function marksOf(ids: readonly string[]): Mark[] {
  return Array.from({ length: MARKS }, (_none, index) => {
    const rows = Math.floor((ids.length * (index + 1)) / MARKS);
    return { id: ids[rows - 1] ?? '', rows };
  });
}
