// Topics read to their end, by the real protocol.

import { beforeAll, describe, expect, it } from 'vitest';
import { createKafka, type Kafka } from '../../../src/kafka/client.ts';
import type { LedgerHead } from '../../../src/simulator/ledger/entry.ts';
import { findRecords, readTopic } from '../../../src/simulator/ledger/topic.ts';
import { RUN_HEADER } from '../../../src/simulator/targets/kafka.ts';
import { startTestBroker } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

let kafka: Kafka;
beforeAll(async () => {
  const { port } = await startTestBroker();
  kafka = createKafka({ brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined }, 'test-topic', testLog);
});

async function topicOf(name: string, partitions: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: partitions }] });
  await admin.disconnect();
}

async function read(topic: string, from: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const found: string[] = [];
  await readTopic(kafka, topic, from, async (partition, messages) => {
    for (const { offset, value } of messages) found.push(`${partition}/${offset} ${value}`);
  });
  return found.sort();
}

async function send(topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
  await producer.disconnect();
}

describe('a topic', () => {
  it('a topic is read from an offset of each partition to the end, and one without records at once', async () => {
    await topicOf('plain', 2);
    expect(await read('plain')).toEqual([]);
    await send('plain', ['a', 'b', 'c']);
    await send('plain', ['d'], 1);
    expect(await read('plain')).toEqual(['0/0 a', '0/1 b', '0/2 c', '1/0 d']);
    expect(await read('plain', { 0: '2', 1: '1' })).toEqual(['0/2 c']);
    expect(await read('plain', { 0: '3', 1: '1' })).toEqual([]);
  });

  it('a topic whose last record is the mark of a transaction is read to its end', async () => {
    await topicOf('transacted', 1);
    const producer = kafka.producer({
      transactionalId: 'test-topic',
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'transacted', messages: [{ value: 'a' }, { value: 'b' }] });
    await transaction.commit();
    const dropped = await producer.transaction();
    await dropped.send({ topic: 'transacted', messages: [{ value: 'never' }] });
    await dropped.abort();
    await producer.disconnect();
    expect(await read('transacted')).toEqual(['0/0 a', '0/1 b']);
  });
});

describe('the records of a run', () => {
  const RUN = '20260302T090000-abcdef';
  const ORDER = 'a'.repeat(32);
  const head = (target: 'kafka' | 'http'): LedgerHead => ({
    run: RUN,
    version: '1',
    command: '',
    target,
    topic: `run-of-${target}`,
    cluster: '',
    from: {},
  });

  it.each(['kafka', 'http'] as const)(
    'the records of a run are found by their number, those of the shop by order_id, each as often as it is there: %s',
    async (target) => {
      const { topic } = head(target);
      await topicOf(topic, 1);
      const time = '2026-03-02T09:00:00.000Z';
      const ofShop = { value: JSON.stringify({ order_id: ORDER, time }) };
      const numbered = (n: string) => ({ value: `{"time":"${time}"}`, headers: { [RUN_HEADER]: n } });
      const messages = [
        ofShop,
        numbered(`${RUN}/1`),
        numbered('20260101T000000-000000/2'),
        numbered(`${RUN}/1`),
      ];
      const producer = kafka.producer();
      await producer.connect();
      await producer.send({ topic, messages: [...messages, { value: 'no event' }] });
      await producer.disconnect();
      const at = target === 'http' ? { time: Date.parse(time) } : {};
      const spot = (offset: string) => ({ partition: 0, offset, ...at });
      expect([...(await findRecords(kafka, head(target)))]).toEqual([
        ...(target === 'http' ? [[ORDER, [spot('0')]]] : []),
        ['1', [spot('1'), spot('3')]],
      ]);
    },
  );
});
