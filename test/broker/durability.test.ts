// SIGKILL under load: producers with acks=all write without pause while the broker is killed again and again.
// CHAOS_KILLS sets how often (100 in the slow form); CHAOS_SEED repeats a run's moments.

import { expect, onTestFinished, test } from 'vitest';
import { BATCH_HEADER, batchSize, nextOffset, readHeader } from '../../src/broker/log/record-batch.ts';
import { mulberry32 } from './random.ts';
import { fetch } from './requests.ts';
import { type BrokerProcess, brokerProcess, kafkaAt, testFolder } from './running-broker.ts';
import { wireClient } from './wire-client.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 4);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
const TOPIC = 'chaos';
const PARTITIONS = 3;
const MAX_MESSAGES_A_SEND = 20;

/** Tries again until it works: kafkajs gives up on some of the moments at which a broker can go. */
async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * Sends numbered messages to one partition, one send after the other, until told to stop. A send that failed is
 * sent again by the same producer with the same sequence, so the broker can tell whether it has it already.
 */
async function writeUntil(
  isOver: () => boolean,
  port: number,
  partition: number,
  progress: number[],
): Promise<number> {
  const producer = kafkaAt(port).producer({ idempotent: true });
  await insist(() => producer.connect());
  let acknowledged = 0;
  while (!isOver()) {
    const count = 1 + (acknowledged % MAX_MESSAGES_A_SEND);
    const messages = Array.from({ length: count }, (_, i) => ({
      partition,
      value: String(acknowledged + i),
    }));
    await insist(() => producer.send({ topic: TOPIC, acks: -1, messages }));
    acknowledged += count;
    progress[partition] = acknowledged;
  }
  await producer.disconnect();
  return acknowledged;
}

/** The numbers of a partition, in the order of the log. */
async function readAll(port: number, partition: number): Promise<number[]> {
  const client = await wireClient(port);
  const numbers: number[] = [];
  for (let offset = 0; ; ) {
    const { records, highWatermark } = await fetch(client, TOPIC, { offset, partition });
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      offset = nextOffset(records, at);
      numbers.push(...valuesOf(records.subarray(at, at + batchSize(records, at))).map(Number));
    }
    if (offset >= highWatermark) return numbers;
  }
}

/** The values of a batch of small records: each length and each field's length is a varint of one byte. */
function valuesOf(batch: Buffer): string[] {
  const values: string[] = [];
  let at = BATCH_HEADER;
  for (let i = 0; i < readHeader(batch, 0).records; i++) {
    const length = (batch[at] ?? 0) / 2;
    const deltaBytes = varintBytes(batch, at + 2);
    const valueLengthAt = at + 2 + deltaBytes + varintBytes(batch, at + 2 + deltaBytes) + 1; // after a null key
    const valueLength = (batch[valueLengthAt] ?? 0) / 2;
    values.push(batch.toString('utf8', valueLengthAt + 1, valueLengthAt + 1 + valueLength));
    at += 1 + length;
  }
  return values;
}

function varintBytes(bytes: Buffer, at: number): number {
  let end = at;
  while ((bytes[end] ?? 0) >= 0x80) end++;
  return end + 1 - at;
}

test(`every acknowledged record is there once and in order after ${KILLS} SIGKILLs under load`, {
  timeout: 60_000 + KILLS * 5000,
}, async () => {
  console.log(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`);
  const random = mulberry32(SEED);
  const dataDir = testFolder();
  const start = (port: number) =>
    brokerProcess({ dataDir, port, defaultPartitions: PARTITIONS, segmentBytes: 100_000 });
  let broker: BrokerProcess = await start(0);
  const { port } = broker;
  const admin = kafkaAt(port).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: PARTITIONS }] });
  await admin.disconnect();

  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const progress = partitions.map(() => 0);
  const writers = partitions.map((partition) => writeUntil(() => isOver, port, partition, progress));
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, 50 + random() * 400));
    await broker.kill();
    broker = await start(port);
  }
  await expect.poll(() => Math.min(...progress), { timeout: 30_000 }).toBeGreaterThan(KILLS);
  isOver = true;
  const acknowledged = await Promise.all(writers);
  console.log(`acknowledged: ${acknowledged.join(' + ')} records`);
  for (const partition of partitions) {
    const expected = Array.from({ length: acknowledged[partition] ?? 0 }, (_, i) => i);
    expect(await readAll(port, partition)).toEqual(expected);
  }
});
