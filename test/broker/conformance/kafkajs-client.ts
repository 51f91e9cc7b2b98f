// kafkajs 2 has only gzip; for the other codecs it gets the broker's decoders (log/decompress.ts), which are thereby tested with what four
// other clients have compressed.

import * as zlib from 'node:zlib';
import kafkajs, { CompressionTypes, type KafkaMessage } from 'kafkajs';
import { decompress } from '../../../src/broker/log/decompress.ts';
import { useOwnGzip } from '../../support/own-codecs.ts';
import { kafkaAt } from '../running-broker.ts';
import { type Batch, type Client, group, type Message } from './client.ts';

const TYPES = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP } as const;
const canZstd = 'zstdDecompressSync' in zlib;

function codec(type: number) {
  return () => ({
    compress: () => Promise.reject(new Error('kafkajs is not asked to write this codec')),
    decompress: async (packed: Buffer) => decompress(type, packed) ?? Buffer.alloc(0),
  });
}

const { CompressionCodecs } = kafkajs;

/** Until the end of this file: the process goes on with other ones, which read by the program's codecs. */
function takeCodecs(): void {
  useOwnGzip();
  CompressionCodecs[CompressionTypes.Snappy] = codec(2);
  CompressionCodecs[CompressionTypes.LZ4] = codec(3);
  CompressionCodecs[CompressionTypes.ZSTD] = codec(4);
}

async function produce(port: number, batches: readonly Batch[]): Promise<void> {
  takeCodecs();
  const producer = kafkaAt(port).producer({ allowAutoTopicCreation: true });
  await producer.connect();
  for (const { topic, codec: name, messages } of batches) {
    const compression = name === 'gzip' ? TYPES.gzip : TYPES.none;
    const sent = messages.map(({ key, value, from }) => ({ key, value, headers: { from } }));
    await producer.send({ topic, compression, messages: sent });
  }
  await producer.disconnect();
}

function text(bytes: Buffer | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : String(bytes);
}

function read(message: KafkaMessage): Message {
  return { key: text(message.key), value: text(message.value), from: String(message.headers?.from) };
}

async function consume(
  port: number,
  topics: readonly string[],
  count: number,
): Promise<Map<string, Message[]>> {
  takeCodecs();
  const consumer = kafkaAt(port).consumer({
    groupId: `kafkajs-${process.pid}-${Date.now()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  const got: [string, Message][] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ topic, message }: { topic: string; message: KafkaMessage }) => {
      got.push([topic, read(message)]);
      if (got.length === topics.length * count) resolve();
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return group(got);
}

export const kafkajsClient: Client = {
  name: 'kafkajs',
  writes: ['none', 'gzip'],
  reads: ['none', 'gzip', 'snappy', 'lz4', ...(canZstd ? (['zstd'] as const) : [])],
  missing: () => null,
  produce,
  consume,
};
