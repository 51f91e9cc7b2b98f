// Readers of a scenario: members of a consumer group of its own, which read the topic and discard its records. Each one that joins
// causes a rebalance.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, Kafka } from '../kafka/client.ts';
import type { ReadersStep } from './scenario.ts';

const SESSION_TIMEOUT_MS = 10_000;

export class Readers {
  readonly group = `shopstream-readers-${randomBytes(4).toString('hex')}`;
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #consumers: Consumer[] = [];
  #closed = false;

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka;
    this.#topic = topic;
  }

  /** Grows the group as the steps say, each at its time. @throws the Kafka client's error where Kafka is away */
  async play(steps: readonly ReadersStep[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      steps.map(async ({ at, readers }) => {
        await sleep(at, undefined, { signal }).catch(() => {});
        if (!signal.aborted) await this.grow(readers);
      }),
    );
  }

  /** Adds members until the group has this many. @throws the Kafka client's error where Kafka is away */
  async grow(number: number): Promise<void> {
    while (this.#consumers.length < number && !this.#closed) {
      const consumer = this.#kafka.consumer({ groupId: this.group, sessionTimeout: SESSION_TIMEOUT_MS });
      this.#consumers.push(consumer);
      await consumer.connect();
      await consumer.subscribe({ topic: this.#topic });
      await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#consumers.map((consumer) => consumer.disconnect().catch(() => {})));
  }
}
