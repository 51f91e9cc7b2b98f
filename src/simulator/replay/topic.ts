// Writes a range of a topic to a file, which replay sorts by arrival over all partitions like any other, whatever its size.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Kafka, KafkaMessage } from '../../kafka/client.ts';
import { undecodableReason } from '../../kafka/undecodable-batch.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { readTopic } from '../ledger/topic.ts';

/** A record in the file. */
export type RecordedMessage = {
  /** The record's timestamp, milliseconds since 1970. */
  readonly received_at: number;
  /** Base64; null for a record without a key. */
  readonly key: string | null;
  readonly value: string | null;
};

export type Range = {
  /** Milliseconds since 1970 of the first record. */
  readonly fromMs: number;
  /** Exclusive end, milliseconds since 1970; undefined for the topic's current end. */
  readonly toMs: number | undefined;
};

/**
 * Writes a range as NDJSON.
 * @returns the number of records; those of a batch that can't be decompressed are left out
 * @throws {ExpectationError} where there is no such topic, or the file can't be written, as on a full disk; the Kafka client's error where Kafka is away
 */
export async function writeRange(
  kafka: Kafka,
  topic: string,
  { fromMs, toMs }: Range,
  file: string,
): Promise<number> {
  const from = await beginningsOf(kafka, topic, fromMs);
  const out = createWriteStream(file);
  // The end throws it; without a listener, a full disk would end the process.
  out.on('error', () => {});
  let count = 0;
  const write = async (_partition: number, messages: readonly KafkaMessage[]) => {
    const lines: string[] = [];
    for (const message of messages) {
      const at = Number(message.timestamp);
      if (at < fromMs || at >= (toMs ?? Number.POSITIVE_INFINITY) || undecodableReason(message) !== undefined)
        continue;
      const recorded: RecordedMessage = {
        received_at: at,
        key: message.key?.toString('base64') ?? null,
        value: message.value?.toString('base64') ?? null,
      };
      lines.push(`${JSON.stringify(recorded)}\n`);
    }
    count += lines.length;
    if (!out.write(lines.join(''))) await once(out, 'drain');
  };
  await readTopic(kafka, topic, from, write).catch((error) => {
    throw out.errored === null ? error : unwritable(file, out.errored);
  });
  out.end();
  await finished(out).catch((error) => {
    throw unwritable(file, error);
  });
  return count;
}

const unwritable = (file: string, error: Error) =>
  new ExpectationError(`the range can't be written to ${file}: ${error.message}`);

/** The first offset of each partition that is not older than a time. */
async function beginningsOf(kafka: Kafka, topic: string, fromMs: number): Promise<Record<string, string>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic))
      throw new ExpectationError(`received the topic ${topic}, expected one that Kafka has`);
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, fromMs);
    return Object.fromEntries(found.map(({ partition, offset }) => [partition, offset]));
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
