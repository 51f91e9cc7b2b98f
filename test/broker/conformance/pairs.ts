// Each client writes what another reads, every pair once, in every codec that both have: keys, headers, nulls,
// text beyond ASCII, a value larger than a read of the log's index.

import { expect, test } from 'vitest';
import type { Batch, Client, Codec, Message } from './client.ts';

const CONTENTS: readonly (readonly [key: string | null, value: string | null])[] = [
  ['key', 'value'],
  [null, 'without a key'],
  ['without a value', null],
  ['Schlüssel', 'größe ✓ 你好'],
  ['long', 'x'.repeat(10_000)],
];

function topicOf(producer: Client, codec: Codec): string {
  return `pairs-${producer.name}-${codec}`;
}

function messagesOf(producer: Client, codec: Codec): Message[] {
  return CONTENTS.map(([key, value]) => ({ key, value, from: `${producer.name}-${codec}` }));
}

function batchesOf(producer: Client): Batch[] {
  return producer.writes.map((codec) => ({
    topic: topicOf(producer, codec),
    codec,
    messages: messagesOf(producer, codec),
  }));
}

export function pairs(port: () => number, clients: readonly Client[]): void {
  const present = clients.filter((client) => client.missing() === null);
  const produced = new Map<Client, Promise<void>>();
  const consumed = new Map<Client, Promise<Map<string, Message[]>>>();

  /** Every client writes once; then each reads everything in one go. */
  const produceOnce = () => {
    for (const producer of present) {
      if (!produced.has(producer)) produced.set(producer, producer.produce(port(), batchesOf(producer)));
    }
    return Promise.all(produced.values());
  };
  const consumeOnce = (consumer: Client) => {
    const readable = present.flatMap((producer) =>
      producer.writes
        .filter((codec) => consumer.reads.includes(codec))
        .map((codec) => topicOf(producer, codec)),
    );
    const all =
      consumed.get(consumer) ?? produceOnce().then(() => consumer.consume(port(), readable, CONTENTS.length));
    consumed.set(consumer, all);
    return all;
  };

  for (const consumer of clients) {
    for (const producer of clients) {
      test(`${consumer.name} reads what ${producer.name} wrote`, { timeout: 240_000 }, async (ctx) => {
        const missing = consumer.missing() ?? producer.missing();
        if (missing !== null) {
          console.warn(`SKIPPED: ${missing}`);
          ctx.skip(missing);
        }
        const all = await consumeOnce(consumer);
        for (const codec of producer.writes.filter((c) => consumer.reads.includes(c))) {
          expect(all.get(topicOf(producer, codec)), codec).toEqual(messagesOf(producer, codec));
        }
      });
    }
  }
}
