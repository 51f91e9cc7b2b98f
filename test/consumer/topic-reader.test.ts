// A look into a topic, on the real wire protocol: the newest records and ranges, without a group and without making a topic.

import type { Kafka } from 'kafkajs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TopicReader } from '../../src/consumer/topic-reader.ts';
import { ensureTopic } from '../../src/kafka/client.ts';
import { startTestBroker, testKafka } from '../support/line.ts';

const RECORDS = 3_000;
const T0 = Date.UTC(2026, 0, 1);
let kafka: Kafka;
let reader: TopicReader;

beforeAll(async () => {
  kafka = testKafka((await startTestBroker()).port);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, 'numbers', 3);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: RECORDS }, (_, number) => ({
    value: `${number} ${'x'.repeat(2_000)}`,
    partition: number % 3,
    timestamp: String(T0 + number),
  }));
  for (let at = 0; at < RECORDS; at += 500)
    await producer.send({ topic: 'numbers', messages: messages.slice(at, at + 500) });
  await producer.disconnect();
  reader = new TopicReader(kafka);
  return () => reader.close();
});

const numbersOf = (records: readonly { readonly value: Buffer | null }[]) =>
  records.map(({ value }) => Number(String(value).split(' ', 1)[0]));

describe('a reader of a topic', () => {
  it('a reader of a topic gives the newest records of all partitions, in the order of their times', async () => {
    expect(numbersOf(await reader.newest('numbers', 1_000))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => RECORDS - 1_000 + index),
    );
  });

  it('a reader of a topic gives the records of a range, over more than one fetch, and no more than are asked for', async () => {
    const records = await reader.range('numbers', 1, 10n, 989n, 5_000);
    expect(numbersOf(records)).toEqual(Array.from({ length: 980 }, (_, index) => (index + 10) * 3 + 1));
    expect(await reader.range('numbers', 1, 0n, 999n, 7)).toHaveLength(7);
  });

  it('a reader of a topic makes no topic and no group', async () => {
    expect(await reader.newest('nothing', 10)).toEqual([]);
    const admin = kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).toEqual(['numbers']);
    expect((await admin.listGroups()).groups).toEqual([]);
    await admin.disconnect();
  });
});
