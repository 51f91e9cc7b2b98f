// Stores one batch of one partition in one transaction: rows, rollups, dead letters, ledger and the next offset, or nothing of it.

import { moveOffset, type OffsetMove, type Subscription } from '../consumer/offsets.ts';
import type { RecordBatch } from '../consumer/record.ts';
import { type Pool, transaction } from '../db/pool.ts';
import { addCounts, addUsers, countByMinute } from '../rollups/live.ts';
import { codeOf } from '../runtime/errors.ts';
import { type LiveEvent, type ParsedBatch, parseBatch, userIdOf } from './batch.ts';
import { KnownUsers } from './known-users.ts';
import { addToLedger, type StoreResult } from './ledger.ts';
import { conflictsAmong } from './repeats.ts';
import { copyAll, insertDeadLetters, insertNew } from './rows.ts';
import { fitsSingleStatement, storeBySingleStatement } from './single-statement.ts';

const UNIQUE_VIOLATION = '23505';

/**
 * Stores a batch exactly once.
 * @param expected the partition's offset in Postgres, as readOffset returned it
 * @param next the offset after the batch's last record
 * @param users a cache, shared by the batches of a process
 * @throws {FencedError} where another consumer has moved the offset: nothing is written
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

/** As storeBatch, for the result of parseBatch. */
export async function storeParsed(
  pool: Pool,
  subscription: Subscription,
  parsed: ParsedBatch,
  expected: bigint | undefined,
  next: bigint,
  users: KnownUsers,
): Promise<StoreResult> {
  const move = { expected, next };
  try {
    if (fitsSingleStatement(parsed, move)) return await storeSmall(pool, subscription, parsed, move, users);
    return await store(pool, subscription, parsed, move, users, copyAll);
  } catch (error) {
    // A repeated order_id is rare: a client has sent an event twice, or two processes write it at the same moment.
    if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
    return store(pool, subscription, parsed, move, users, insertNew);
  }
}

async function storeSmall(
  pool: Pool,
  subscription: Subscription,
  parsed: ParsedBatch,
  move: OffsetMove,
  users: KnownUsers,
): Promise<StoreResult> {
  const counted = users.unknown(parsed.events);
  await storeBySingleStatement(pool, subscription, parsed, move, counted.length > 0);
  users.learn(counted);
  return { inserted: parsed.events.length, duplicate: 0, rejected: 0 };
}

async function store(
  pool: Pool,
  subscription: Subscription,
  parsed: ParsedBatch,
  { expected, next, end }: OffsetMove,
  users: KnownUsers,
  insert: typeof copyAll,
): Promise<StoreResult> {
  const { partition, events: live, repeats, deadLetters } = parsed;
  let counted: readonly LiveEvent[] = [];
  const result = await transaction(pool, async (client) => {
    await moveOffset(client, subscription, partition, expected, next, end);
    const inserting = insert(client, { topic: subscription.topic, partition }, live);
    // Computed while Postgres copies the rows; nearly always all of them are new.
    let [deltas, unknown] = [countByMinute(live), users.unknown(live)];
    const inserted = await inserting;
    if (inserted !== live) [deltas, unknown] = [countByMinute(inserted), users.unknown(inserted)];
    counted = unknown;
    await addCounts(client, partition, deltas);
    await addUsers(client, partition, counted, userIdOf);
    const known = [...missing(live, inserted), ...repeats];
    const conflicts = await conflictsAmong(client, known);
    await insertDeadLetters(client, subscription, partition, [...deadLetters, ...conflicts]);
    const stored = {
      inserted: inserted.length,
      duplicate: known.length - conflicts.length,
      rejected: deadLetters.length + conflicts.length,
    };
    await addToLedger(client, subscription, parsed, { expected, next }, stored);
    return stored;
  });
  users.learn(counted);
  return result;
}

/** The events of a batch that were not inserted, usually none. */
function missing(live: readonly LiveEvent[], inserted: readonly LiveEvent[]): readonly LiveEvent[] {
  if (inserted.length === live.length) return [];
  const there = new Set(inserted);
  return live.filter((event) => !there.has(event));
}
