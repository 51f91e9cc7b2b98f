// Produces each message once to a topic whose broker is killed meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { kafkaAt } from './running-broker.ts';

const BETWEEN_MS = 20;

async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await pause(BETWEEN_MS);
    }
  }
}

/** Sends what `messagesAfter` gives for the number that was sent so far, each once, until `isOver`; resolves with how many. */
export async function feedUntil(
  isOver: () => boolean,
  port: number,
  topic: string,
  messagesAfter: (sent: number) => Message[],
): Promise<number> {
  const producer = kafkaAt(port).producer({ idempotent: true });
  await insist(() => producer.connect());
  let sent = 0;
  while (!isOver()) {
    const messages = messagesAfter(sent);
    await insist(() => producer.send({ topic, acks: -1, messages }));
    sent += messages.length;
    await pause(BETWEEN_MS);
  }
  await producer.disconnect();
  return sent;
}
