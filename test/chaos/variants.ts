// Storing as src/ingest/store.ts does it, and the ways to break it that the checks must notice. They are made of the
// same pieces; only what each says is different.

import { moveOffset, type Subscription } from '../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { type ParsedBatch, userIdOf } from '../../src/ingest/batch.ts';
import { KnownUsers } from '../../src/ingest/known-users.ts';
import { conflictsAmong } from '../../src/ingest/repeats.ts';
import { copyEvents, insertDeadLetters, insertNew } from '../../src/ingest/rows.ts';
import { storeParsed } from '../../src/ingest/store.ts';
import { addCounts, addUsers, countByMinute } from '../../src/rollups/live.ts';

/** Stores a batch, as storeParsed. */
export type Store = (
  pool: Pool,
  subscription: Subscription,
  batch: ParsedBatch,
  expected: bigint | undefined,
  next: bigint,
) => Promise<unknown>;

/** The program's own. */
export const asItIs: Store = (pool, subscription, batch, expected, next) =>
  storeParsed(pool, subscription, batch, expected, next, new KnownUsers());

/** The offset is committed before the rows, in a transaction of its own. */
export const offsetFirst: Store = async (pool, subscription, batch, expected, next) => {
  const { partition, events: live, repeats } = batch;
  await transaction(pool, (client) => moveOffset(client, subscription, partition, expected, next));
  await transaction(pool, async (client) => {
    const inserted = await insertNew(client, { topic: subscription.topic, partition }, live);
    await addCounts(client, partition, countByMinute(inserted));
    await addUsers(client, partition, inserted, userIdOf);
    const known = live.filter((event) => !inserted.includes(event));
    const conflicts = await conflictsAmong(client, [...known, ...repeats]);
    await insertDeadLetters(client, subscription, partition, [...batch.deadLetters, ...conflicts]);
  });
};

/** The offset is moved without asking what it was, and rows are copied without a look at their order_id. */
export const withoutConflicts: Store = async (pool, subscription, batch, _expected, next) => {
  const { partition, deadLetters } = batch;
  const live = [...batch.events, ...batch.repeats];
  await transaction(pool, async (client) => {
    await client.query(
      `INSERT INTO consumer_offsets (cluster_id, consumer_group, topic, "partition", next_offset)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (cluster_id, consumer_group, topic, "partition") DO UPDATE SET next_offset = excluded.next_offset`,
      [subscription.clusterId, subscription.group, subscription.topic, partition, next.toString()],
    );
    await copyEvents(client, 'events', { topic: subscription.topic, partition }, live);
    await addCounts(client, partition, countByMinute(live));
    await addUsers(client, partition, live, userIdOf);
    await insertDeadLetters(client, subscription, partition, deadLetters);
  });
};

/** Rows are right, but the charts' numbers count what was delivered instead of what was inserted. */
export const countsDelivered: Store = async (pool, subscription, batch, expected, next) => {
  const { partition, events: live, repeats } = batch;
  await transaction(pool, async (client) => {
    await moveOffset(client, subscription, partition, expected, next);
    const inserted = await insertNew(client, { topic: subscription.topic, partition }, live);
    await addCounts(client, partition, countByMinute(live));
    await addUsers(client, partition, live, userIdOf);
    const known = live.filter((event) => !inserted.includes(event));
    const conflicts = await conflictsAmong(client, [...known, ...repeats]);
    await insertDeadLetters(client, subscription, partition, [...batch.deadLetters, ...conflicts]);
  });
};
