// Asks the cluster whether it is there, for /readyz: a publisher without events to send would not notice.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { reasonOf } from './errors.ts';

const PATIENCE_MS = 2_000;

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
