// Asks the cluster whether it is there, for /readyz: a publisher without events to send would not notice.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { reasonOf } from './errors.ts';

const PATIENCE_MS = 2_000;

/** The cluster's id, and the end of each partition of a topic. */
export type TopicEnds = { readonly clusterId: string; readonly ends: ReadonlyMap<number, bigint> };

export class KafkaProbe {
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#admin = kafka.admin({ retry: { retries: 0 } });
  }

  /** Why Kafka is away; undefined where it answers in time. */
  async ask(): Promise<string | undefined> {
    const late = sleep(PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`, { ref: false });
    return Promise.race([this.#ask(), late]);
  }

  /** How far a topic goes now. @throws kafkajs's error where Kafka is away or has no such topic */
  async topicEnds(topic: string): Promise<TopicEnds> {
    const [{ clusterId }, offsets] = await Promise.all([
      this.#admin.describeCluster(),
      this.#admin.fetchTopicOffsets(topic),
    ]);
    return { clusterId, ends: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])) };
  }

  /** The cluster's id. @throws kafkajs's error where Kafka is away */
  async clusterId(): Promise<string> {
    this.#connected ??= this.#admin.connect();
    await this.#connected;
    return (await this.#admin.describeCluster()).clusterId;
  }

  async close(): Promise<void> {
    await this.#admin.disconnect().catch(() => {});
  }

  async #ask(): Promise<string | undefined> {
    try {
      this.#connected ??= this.#admin.connect();
      await this.#connected;
      await this.#admin.describeCluster();
      return undefined;
    } catch (error) {
      this.#connected = undefined;
      return reasonOf(error);
    }
  }
}
