// A range of a topic, written to a file that replay reads like any other: in order of arrival over all partitions, however
// long it is.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Kafka } from '../../kafka/client.ts';
import { undecodableReason } from '../../kafka/undecodable-batch.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { readTopic } from '../ledger/topic.ts';

/** A record as the file has it. */
export type RecordedMessage = {
  /** When Kafka had it, milliseconds since 1970. */
  readonly received_at: number;
  /** Base64; null where it has none. */
  readonly key: string | null;
  readonly value: string | null;
};

export type Range = {
  /** Milliseconds since 1970 of the first record. */
  readonly fromMs: number;
  /** Of the first that is too late; undefined for the topic's end as it is now. */
  readonly toMs: number | undefined;
};

/**
 * Writes a range as NDJSON.
 * @returns how many records it has; those of a batch that does not unpack are left out
 * @throws {ExpectationError} where there is no such topic; kafkajs's error where Kafka is away
 */
export async function writeRange(
  kafka: Kafka,
  topic: string,
  { fromMs, toMs }: Range,
  file: string,
): Promise<number> {
  const from = await beginningsOf(kafka, topic, fromMs);
  const out = createWriteStream(file);
  let count = 0;
  await readTopic(kafka, topic, from, async (_partition, messages) => {
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
  });
  out.end();
  await finished(out);
  return count;
}

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
