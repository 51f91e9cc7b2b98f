// Batches into Kafka by the real protocol.

import { describe, expect, it } from 'vitest';
import { createKafka } from '../../../src/kafka/client.ts';
import { readTopic } from '../../../src/simulator/ledger/topic.ts';
import { readOptions } from '../../../src/simulator/options.ts';
import { planOf } from '../../../src/simulator/plan.ts';
import { KafkaTarget, RUN_HEADER } from '../../../src/simulator/targets/kafka.ts';
import { startTestBroker } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

const RUN = '20260302T090000-abcdef';
const CLOCK = Date.parse('2026-03-02T09:00:00.000Z');

describe('a batch', () => {
  it('a batch that is too large for the topic is sent in halves, and each receipt is where its record is', async () => {
    const { port } = await startTestBroker();
    const cluster = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined };
    const kafka = createKafka(cluster, 'test-target', testLog);
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '20000' }];
    await admin.createTopics({ topics: [{ topic: 'small', numPartitions: 2, configEntries }] });
    await admin.disconnect();

    const options = readOptions({ users: 60, duration: '20s', target: 'kafka' }, undefined, CLOCK);
    const batch = [...planOf(options)].map((send, index) => ({ n: index + 1, send }));
    expect(JSON.stringify(batch).length).toBeGreaterThan(100_000);
    const target = new KafkaTarget(kafka, 'small', RUN, testLog);
    await target.open();
    const receipts = await target.send(batch, new AbortController().signal);
    await target.close();

    const found = new Map<string, string[]>();
    await readTopic(kafka, 'small', {}, async (partition, messages) => {
      for (const { headers, offset, value } of messages) {
        const [, n = ''] = headers?.[RUN_HEADER]?.toString().split('/') ?? [];
        expect(value?.toString()).toBe(JSON.stringify(batch[Number(n) - 1]?.send.event));
        found.set(n, [...(found.get(n) ?? []), `${partition}/${offset}`]);
      }
    });
    expect(found.size).toBe(batch.length);
    for (const [index, receipt] of receipts.entries()) {
      const place = `${receipt.partition}/${receipt.offset}`;
      expect(found.get(String(index + 1))).toContain(place);
    }
  });
});
