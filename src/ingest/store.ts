// One batch of one partition = one transaction: rows, rollups, dead letters and the next offset, or nothing of it.

import { type Pool, transaction } from '../db/pool.ts';
import { announce } from '../db/stored.ts';
import type { ShopEvent } from '../events/event.ts';
import { type ParsedBatch, parseBatch, type RecordBatch } from './batch.ts';
import { KnownUsers } from './known-users.ts';
import { moveOffset, type Subscription } from './offsets.ts';
import { addCounts, addUsers } from './rollups.ts';
import { insertDeadLetters, insertEvents } from './rows.ts';

export type StoreResult = {
  readonly inserted: number;
  readonly duplicate: number;
  readonly rejected: number;
};

/**
 * Stores a batch exactly once.
 * @param expected the partition's offset in Postgres, as readOffset gave it
 * @param next the offset after the batch's last record
 * @param users what this process knows from earlier batches
 * @throws {FencedError} where the partition has moved on without us: nothing is written
 * @throws pg's error: nothing is written
 */
export function storeBatch(
  pool: Pool,
  subscription: Subscription,
  batch: RecordBatch,
  expected: bigint | undefined,
  next: bigint,
  users = new KnownUsers(),
): Promise<StoreResult> {
  return storeParsed(pool, subscription, parseBatch(batch), expected, next, users);
}

/** As storeBatch, for records that parseBatch has sorted. */
export async function storeParsed(
  pool: Pool,
  subscription: Subscription,
  { partition, events: live, repeated, deadLetters }: ParsedBatch,
  expected: bigint | undefined,
  next: bigint,
  users: KnownUsers,
): Promise<StoreResult> {
  let counted: readonly ShopEvent[] = [];
  const result = await transaction(pool, async (client) => {
    await moveOffset(client, subscription, partition, expected, next);
    const inserted = await insertEvents(client, { topic: subscription.topic, partition }, live);
    const events = inserted.map(({ event }) => event);
    await addCounts(client, partition, events);
    counted = users.unknown(events);
    await addUsers(client, partition, counted);
    await insertDeadLetters(client, subscription, partition, deadLetters);
    await announce(client, {
      topic: subscription.topic,
      partition,
      next: next.toString(),
      inserted: events.length,
    });
    return {
      inserted: events.length,
      duplicate: live.length - events.length + repeated,
      rejected: deadLetters.length,
    };
  });
  users.learn(counted);
  return result;
}
