// A range of a topic, written down for a replay, by the real protocol.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createKafka, type Kafka } from '../../../src/kafka/client.ts';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { type RecordedMessage, writeRange } from '../../../src/simulator/replay/topic.ts';
import { startTestBroker, temporaryFolder } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

const START = Date.now() - 60_000;
let kafka: Kafka;
beforeAll(async () => {
  const { port } = await startTestBroker();
  kafka = createKafka({ brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined }, 'test-range', testLog);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'recorded', numPartitions: 2 }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const record = (partition: number, at: number, key: string | null, value: string | null) => ({
    partition,
    timestamp: String(START + at),
    key,
    value,
  });
  await producer.send({
    topic: 'recorded',
    messages: [
      record(0, 0, 'k', 'before'),
      record(0, 1_000, 'k', 'first'),
      record(1, 1_500, null, 'no event: \u{1f9e6}'),
      record(0, 2_000, 'k', null),
      record(1, 3_000, 'k', 'after'),
    ],
  });
  await producer.disconnect();
});

async function write(fromMs: number, toMs: number | undefined): Promise<unknown[]> {
  const file = path.join(temporaryFolder(), 'range.ndjson');
  const count = await writeRange(kafka, 'recorded', { fromMs, toMs }, file);
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  expect(lines).toHaveLength(count);
  const text = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64').toString());
  return lines
    .map((line) => JSON.parse(line) as RecordedMessage)
    .sort((one, other) => one.received_at - other.received_at)
    .map(({ received_at, key, value }) => [received_at - START, text(key), text(value)]);
}

it('a range has what came from its first moment to before its end, of all partitions, with keys and values as they are', async () => {
  expect(await write(START + 1_000, START + 3_000)).toEqual([
    [1_000, 'k', 'first'],
    [1_500, null, 'no event: \u{1f9e6}'],
    [2_000, 'k', null],
  ]);
});

it('a range without an end goes to that of the topic, and one behind it has nothing', async () => {
  expect((await write(START + 2_000, undefined)).map((one) => (one as unknown[])[2])).toEqual([
    null,
    'after',
  ]);
  expect(await write(START + 3_001, undefined)).toEqual([]);
});

it('a range of a topic that Kafka does not have is refused by its name', async () => {
  const file = path.join(temporaryFolder(), 'range.ndjson');
  await expect(writeRange(kafka, 'nothing', { fromMs: 0, toMs: undefined }, file)).rejects.toThrow(
    'received the topic nothing, expected one that Kafka has',
  );
});

it('a range that does not fit on the disk is refused with the reason', async () => {
  const writing = writeRange(kafka, 'recorded', { fromMs: 0, toMs: undefined }, '/dev/full');
  await expect(writing).rejects.toThrow(ExpectationError);
  await expect(writing).rejects.toThrow("the range can't be written to /dev/full: ENOSPC");
});
