// @platformatic/kafka: a JavaScript client that speaks only flexible versions.

import * as zlib from 'node:zlib';
import { Admin, Consumer, Producer, type Message as Received } from '@platformatic/kafka';
import { type Batch, type Client, type Codec, group, type Message } from './client.ts';

const canZstd = 'zstdDecompressSync' in zlib;
const CODECS: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', ...(canZstd ? (['zstd'] as const) : [])];

const optionsAt = (port: number) => ({
  clientId: 'platformatic',
  bootstrapBrokers: [`127.0.0.1:${port}`],
  retries: 20,
  retryDelay: 200,
});

export function platformaticAdmin(port: number): Admin {
  return new Admin(optionsAt(port));
}

export function platformaticConsumer(port: number, groupId: string): Consumer {
  return new Consumer({ ...optionsAt(port), groupId, maxWaitTime: 100 });
}

export function platformaticProducer(port: number, transactionalId: string): Producer {
  return new Producer({ ...optionsAt(port), transactionalId, idempotent: true });
}

const decoded = (bytes: Buffer | null | undefined) => (bytes ? String(bytes) : null);

async function produce(port: number, batches: readonly Batch[]): Promise<void> {
  const producer = new Producer({ ...optionsAt(port), autocreateTopics: true, idempotent: true });
  for (const { topic, codec, messages } of batches) {
    await producer.send({
      compression: codec,
      messages: messages.map(({ key, value, from }) => ({
        topic,
        ...(key === null ? {} : { key: Buffer.from(key) }),
        ...(value === null ? {} : { value: Buffer.from(value) }),
        headers: new Map([[Buffer.from('from'), Buffer.from(from)]]),
      })),
    });
  }
  await producer.close();
}

function read({ topic, key, value, headers }: Received): readonly [string, Message] {
  const [from] = [...headers.values()];
  return [topic, { key: decoded(key), value: decoded(value), from: String(from) }];
}

async function consume(
  port: number,
  topics: readonly string[],
  count: number,
): Promise<Map<string, Message[]>> {
  const consumer = platformaticConsumer(port, `platformatic-${process.pid}-${Date.now()}`);
  const stream = await consumer.consume({ topics: [...topics], mode: 'earliest', autocommit: false });
  const got: (readonly [string, Message])[] = [];
  for await (const message of stream) {
    got.push(read(message));
    if (got.length === topics.length * count) break;
  }
  await stream.close();
  await consumer.close();
  return group(got);
}

export const platformaticClient: Client = {
  name: 'platformatic',
  writes: CODECS,
  reads: CODECS.filter((codec) => codec !== 'snappy'), // it reads no blocks in Java's frame, which most others write
  missing: () => null,
  produce,
  consume,
};
