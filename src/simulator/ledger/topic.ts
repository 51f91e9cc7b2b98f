// Reads a topic to its current end, and finds a run's records by their header, or by order_id where the shop has produced them.

import { randomBytes } from 'node:crypto';
import type { Kafka, KafkaMessage } from '../../kafka/client.ts';
import { undecodableReason } from '../../kafka/undecodable-batch.ts';
import { RUN_HEADER } from '../targets/kafka.ts';
import type { LedgerHead } from './entry.ts';

/** Where a record is; the offset is a decimal text, as in kafkajs. */
export type RecordPlace = { readonly partition: number; readonly offset: string };
/** `time`: the event's, milliseconds since 1970, where the shop has produced the record. */
export type FoundPlace = RecordPlace & { readonly time?: number };

/** Places of each record, by its number in the run, or by order_id where the shop has produced it. It may be in the topic twice. */
export type Found = ReadonlyMap<string, readonly FoundPlace[]>;

const ORDER_ID = /"order_id":"([0-9a-f]{32})"/;
const TIME = /"time":"([^"]+)"/;

/** Number or order_id of a record of the run; undefined for any other. */
function nameOf({ run, target }: LedgerHead, message: KafkaMessage): string | undefined {
  if (undecodableReason(message) !== undefined) return undefined;
  const header = message.headers?.[RUN_HEADER]?.toString();
  if (header !== undefined) return header.startsWith(`${run}/`) ? header.slice(run.length + 1) : undefined;
  return target === 'http' ? ORDER_ID.exec(message.value?.toString('latin1') ?? '')?.[1] : undefined;
}

function timeOf({ target }: LedgerHead, { value }: KafkaMessage): Pick<FoundPlace, 'time'> {
  if (target === 'kafka') return {};
  const time = Date.parse(TIME.exec(value?.toString('latin1') ?? '')?.[1] ?? '');
  return Number.isNaN(time) ? {} : { time };
}

/** @throws the Kafka client's error where Kafka is away, or retention has deleted the run's records */
export async function findRecords(kafka: Kafka, head: LedgerHead): Promise<Found> {
  const found = new Map<string, FoundPlace[]>();
  await readTopic(kafka, head.topic, head.from, async (partition, messages) => {
    for (const message of messages) {
      const name = nameOf(head, message);
      if (name === undefined) continue;
      const place = { partition, offset: message.offset, ...timeOf(head, message) };
      const known = found.get(name);
      if (known === undefined) found.set(name, [place]);
      else known.push(place);
    }
  });
  return found;
}

type OnBatch = (partition: number, messages: readonly KafkaMessage[]) => Promise<void>;

/**
 * Reads a topic to its current end.
 * @param from first offset by partition; 0 where left out
 * @throws what `onBatch` throws; the Kafka client's error where Kafka is away, or retention has deleted the first records
 */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  from: Readonly<Record<string, string>>,
  onBatch: OnBatch,
): Promise<void> {
  const ends = await topicEnds(kafka, topic);
  const begin = (partition: number) => BigInt(from[partition] ?? 0);
  const left = new Map([...ends].filter(([partition, end]) => end > begin(partition)));
  if (left.size === 0) return;
  const group = `shopstream-verify-${randomBytes(6).toString('hex')}`;
  const consumer = kafka.consumer({
    groupId: group,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Comes for a batch of transaction markers alone, too, which eachBatch is not called for.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (BigInt(lastOffset) + 1n >= (ends.get(partition) ?? 0n)) left.delete(partition);
        if (left.size === 0) resolve();
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch: { partition, messages } }) => {
            const end = ends.get(partition) ?? 0n;
            const wanted = messages.filter(
              ({ offset }) => BigInt(offset) >= begin(partition) && BigInt(offset) < end,
            );
            // kafkajs would call eachBatch again for an error that is thrown here.
            await onBatch(partition, wanted).catch(reject);
          },
        })
        .catch(reject);
      for (const [partition] of ends)
        consumer.seek({ topic, partition, offset: begin(partition).toString() });
    });
  } finally {
    await consumer.disconnect().catch(() => {});
    await forgetGroup(kafka, group);
  }
}

async function topicEnds(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)]));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Deletes a consumer group. A cluster that refuses expires it by itself. */
async function forgetGroup(kafka: Kafka, group: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.deleteGroups([group]);
  } catch {
    // The group then expires.
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
