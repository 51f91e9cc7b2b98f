// kafkajs clients of tests. One that a test leaves connected would try to reach its broker for as long as the worker lives.

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Admin,
  type AdminConfig,
  type Consumer,
  type ConsumerConfig,
  Kafka,
  logLevel,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import { afterFile } from './after-file.ts';

const DISCONNECT_MS = 2_000;

/** Disconnects after the file's tests what it made. */
class TidyKafka extends Kafka {
  override admin(config?: AdminConfig): Admin {
    return disconnected(super.admin(config));
  }

  override consumer(config: ConsumerConfig): Consumer {
    return disconnected(super.consumer(config));
  }

  override producer(config?: ProducerConfig): Producer {
    return disconnected(super.producer(config));
  }
}

function disconnected<C extends { disconnect(): Promise<void> }>(client: C): C {
  // Its broker may be gone, for good or for now.
  afterFile(() => Promise.race([client.disconnect().catch(() => {}), sleep(DISCONNECT_MS)]));
  return client;
}

/** kafkajs against a port of this machine, silent. */
export const testKafka = (port: number): Kafka =>
  new TidyKafka({ clientId: 'test', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
