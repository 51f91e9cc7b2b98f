// kafkajs with a transactional id: it consumes, and produces and commits in transactions.

import { randomUUID } from 'node:crypto';
import type { Consumer, Producer } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { committedOffsets } from '../group-requests.ts';
import { kafkaAt } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';
import { newGroup, newTopic } from './ready.ts';

const WITHIN = { timeout: 30_000 };

export function kafkajsTransactions(port: () => number): void {
  const producer = async (transactionalId: string): Promise<Producer> => {
    const made = kafkaAt(port()).producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
    await made.connect();
    onTestFinished(() => made.disconnect());
    return made;
  };
  const consumer = async (groupId: string, topic: string, readUncommitted: boolean): Promise<Consumer> => {
    const made = kafkaAt(port()).consumer({ groupId, maxWaitTimeInMs: 100, readUncommitted });
    await made.connect();
    onTestFinished(() => made.disconnect());
    await made.subscribe({ topic, fromBeginning: true });
    return made;
  };
  /** The values of a topic as they come to a reader. */
  const valuesOf = async (topic: string, readUncommitted: boolean): Promise<string[]> => {
    const seen: string[] = [];
    const reader = await consumer(`reader-${randomUUID()}`, topic, readUncommitted);
    await reader.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) });
    return seen;
  };

  test('what kafkajs commits is seen with its offsets, what it aborts is not, and another of its id fences it', async () => {
    const wire = await wireClient(port());
    const [inputs, outputs, group] = [await newTopic(wire), await newTopic(wire), await newGroup(wire)];
    const id = `transactional-${randomUUID()}`;
    const one = await producer(id);
    const [committed, all] = await Promise.all([valuesOf(outputs, false), valuesOf(outputs, true)]);
    const offset = async () => (await committedOffsets(wire, group, [inputs])).get(inputs)?.offset;
    const copy = async (value: string, next: string) => {
      const transaction = await one.transaction();
      await transaction.send({ topic: outputs, messages: [{ value }] });
      const topics = [{ topic: inputs, partitions: [{ partition: 0, offset: next }] }];
      await transaction.sendOffsets({ consumerGroupId: group, topics });
      return transaction;
    };
    await (await copy('a', '1')).commit();
    await expect.poll(offset, WITHIN).toBe(1);
    const aborted = await copy('b', '2');
    await expect.poll(() => all, WITHIN).toEqual(['a', 'b']);
    await aborted.abort();
    const open = await copy('c', '3');
    const other = await producer(id);
    const next = await other.transaction();
    await next.send({ topic: outputs, messages: [{ value: 'd' }] });
    await next.commit();
    await expect.poll(() => committed, WITHIN).toEqual(['a', 'd']);
    expect(all).toEqual(['a', 'b', 'c', 'd']);
    expect(await offset()).toBe(1);
    await expect(open.commit()).rejects.toThrow();
  }, 240_000);
}
