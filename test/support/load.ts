// Events sent to the topic as any program could, and remembered once Kafka has acknowledged them.

import type { Kafka } from 'kafkajs';
import type { ShopEvent } from '../../src/events/event.ts';
import type { Acknowledged } from '../chaos/load.ts';
import { anEvent } from './events.ts';

export const PARTITIONS = [0, 1, 2] as const;

export type SteadyLoad = {
  readonly acknowledged: Acknowledged;
  /** Sends as many events to each of these partitions. */
  send(events?: number, partitions?: readonly number[]): Promise<void>;
  stop(): Promise<void>;
};

/** Connects to a broker that has the topic. */
export async function startLoad(kafka: Kafka): Promise<SteadyLoad> {
  const acknowledged: Acknowledged = {
    events: new Map<string, ShopEvent>(),
    malformed: new Set(),
    rivals: [],
    sends: 0,
  };
  const producer = kafka.producer();
  await producer.connect();
  const send = async (count = 50, partitions: readonly number[] = PARTITIONS) => {
    for (const partition of partitions) {
      const events = Array.from({ length: count }, () => anEvent());
      const messages = events.map((event) => ({ partition, value: JSON.stringify(event) }));
      await producer.send({ topic: 'ecommerce', messages });
      for (const event of events) acknowledged.events.set(event.order_id, event);
      acknowledged.sends += count;
    }
  };
  return { acknowledged, send, stop: () => producer.disconnect() };
}
