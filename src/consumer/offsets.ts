// The partitions' next offsets, in Postgres beside the rows. An offset is moved only from the value that was read: a consumer
// that lost its partition meanwhile (a zombie) finds another value there and commits nothing.

import { CHANGE_CHANNEL, storedMessage } from '../db/change.ts';
import { type Beginning, type Client, type Pool, transaction } from '../db/pool.ts';

/** Whose offsets: one consumer group reading one topic on one cluster. */
export type Subscription = { readonly clusterId: string; readonly group: string; readonly topic: string };

/** A partition's offset before and after a batch; `expected` is undefined where nothing of it was ever stored. */
export type OffsetMove = { readonly expected: bigint | undefined; readonly next: bigint };

/** Another consumer has moved the partition's offset since we read it. */
export class FencedError extends Error {
  override readonly name = 'FencedError';

  constructor(partition: number, expected: bigint | undefined) {
    super(`partition ${partition}: another consumer moved the offset away from ${expected ?? 'none'}`);
  }
}

/** The offset at which the partition goes on; undefined where nothing of it was ever stored. */
export async function readOffset(
  pool: Pool,
  { clusterId, group, topic }: Subscription,
  partition: number,
): Promise<bigint | undefined> {
  const { rows } = await pool.query<{ next_offset: string }>(
    `SELECT next_offset::text FROM consumer_offsets
     WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3 AND "partition" = $4`,
    [clusterId, group, topic, partition],
  );
  return rows[0] === undefined ? undefined : BigInt(rows[0].next_offset);
}

/** The offsets of all partitions of which something was stored, by partition. */
export async function readOffsets(
  pool: Pool | Client,
  { clusterId, group, topic }: Subscription,
): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await pool.query<{ partition: number; next_offset: string }>(
    `SELECT "partition", next_offset::text FROM consumer_offsets
     WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3`,
    [clusterId, group, topic],
  );
  return new Map(rows.map(({ partition, next_offset }) => [partition, BigInt(next_offset)]));
}

const MOVES = {
  first: {
    name: 'first_offset',
    text: `INSERT INTO consumer_offsets (cluster_id, consumer_group, topic, "partition", next_offset)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING CASE WHEN $7::text IS NOT NULL THEN pg_notify($6, $7) END`,
  },
  next: {
    name: 'next_offset',
    text: `UPDATE consumer_offsets SET next_offset = $5, updated_at = now()
     WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3 AND "partition" = $4 AND next_offset = $8
     RETURNING CASE WHEN $7::text IS NOT NULL THEN pg_notify($6, $7) END`,
  },
} as const;

/**
 * Moves the partition's offset from `expected` to `next`, which every web process hears of once it is committed; other
 * writers of this partition wait for our commit.
 * @param expected what readOffset gave
 * @throws {FencedError} where it is something else by now
 */
export function moveOffset(
  client: Client,
  subscription: Subscription,
  partition: number,
  expected: bigint | undefined,
  next: bigint,
): Promise<void> {
  return move(client, subscription, partition, { expected, next }, newsOf(subscription, partition, next));
}

const newsOf = (
  { clusterId: cluster, group, topic }: Subscription,
  partition: number,
  next: bigint,
): string => storedMessage({ topic, cluster, group, partition, next: next.toString() });

/**
 * SQL that moves an offset which was stored before, as moveOffset() does, for statements that do all of their work at once. It
 * returns one row where the offset was `expected`, and else none; moveValues() are its first values.
 */
export const MOVE_SQL: string = MOVES.next.text;

/** The values $1 to $8 of MOVE_SQL, of which the cluster, the group, the topic and the partition are the first four. */
export const moveValues = (
  subscription: Subscription,
  partition: number,
  expected: bigint,
  next: bigint,
): readonly (string | number)[] => {
  const { clusterId, group, topic } = subscription;
  const news = newsOf(subscription, partition, next);
  return [clusterId, group, topic, partition, String(next), CHANGE_CHANNEL, news, String(expected)];
};

/** @param news null where nobody needs to hear of it */
async function move(
  client: Client | Pool,
  { clusterId, group, topic }: Subscription,
  partition: number,
  { expected, next }: OffsetMove,
  news: string | null,
): Promise<void> {
  const values = [clusterId, group, topic, partition, next.toString(), CHANGE_CHANNEL, news];
  const { rowCount } =
    expected === undefined
      ? await client.query({ ...MOVES.first, values })
      : await client.query({ ...MOVES.next, values: [...values, expected.toString()] });
  if (rowCount !== 1) throw new FencedError(partition, expected);
}

/**
 * Runs `work` in the transaction that moves the partition's offset: both are committed, or neither.
 * @param beginning as of transaction()
 * @throws {FencedError} as moveOffset; what `work` throws
 */
export function inOffsetTransaction<T>(
  pool: Pool,
  subscription: Subscription,
  partition: number,
  { expected, next }: OffsetMove,
  work: (client: Client) => Promise<T>,
  beginning?: Beginning,
): Promise<T> {
  const moveAndWork = async (client: Client) => {
    await moveOffset(client, subscription, partition, expected, next);
    return work(client);
  };
  return transaction(pool, moveAndWork, beginning);
}

/** Moves the partition's offset past records that change nothing, which nobody needs to hear. @throws {FencedError} as moveOffset */
export const passOver = (
  pool: Pool,
  subscription: Subscription,
  partition: number,
  offsets: OffsetMove,
): Promise<void> => move(pool, subscription, partition, offsets, null);
