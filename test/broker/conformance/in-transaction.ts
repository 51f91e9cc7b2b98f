// What the conformance tests of transactions share: records of a transaction, and what a reader sees of them.

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { batchSize, readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { type Fetched, listOffset } from '../requests.ts';
import { addPartitions, produceInTransaction, type TestProducer } from '../transaction-requests.ts';
import type { WireClient } from '../wire-client.ts';

export const LATEST = -1;
const CONTROL = 1 << 5;
/** Options of a fetch by a reader with isolation.level=read_committed. */
export const COMMITTED = { isCommitted: true };

export const newId = () => `transactional-${randomUUID()}`;

/** Base offset, whether it is a marker, and its producer's epoch, of each batch. */
export function batchesOf({ records }: Fetched): { offset: number; isMarker: boolean; epoch: number }[] {
  const batches = [];
  for (let at = 0; at < records.length; at += batchSize(records, at)) {
    const { baseOffset, attributes, producerEpoch } = readHeader(records, at);
    batches.push({ offset: baseOffset, isMarker: (attributes & CONTROL) !== 0, epoch: producerEpoch });
  }
  return batches;
}

export async function write(
  client: WireClient,
  producer: TestProducer,
  topic: string,
  sequence: number,
  values: readonly string[],
): Promise<void> {
  expect(await addPartitions(client, producer, topic)).toBe(ErrorCode.NONE);
  expect((await produceInTransaction(client, producer, topic, sequence, values)).error).toBe(ErrorCode.NONE);
}

/** Waits until a partition is decided up to its end: Apache Kafka writes markers after it has answered. */
export async function decided(client: WireClient, topic: string, offset: number): Promise<void> {
  const stable = async () => (await listOffset(client, topic, LATEST, true)).offset;
  await expect.poll(stable).toBe(offset);
}
