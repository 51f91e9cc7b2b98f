// The dead letters that were not produced to the topic yet, in the order in which they were set aside.

import type { Subscription } from '../consumer/offsets.ts';
import type { Client, Pool } from '../db/pool.ts';

/** A dead letter as it is produced: the message's key and value, its place in Kafka, and why it is not an event. */
export type UnforwardedDeadLetter = {
  readonly id: number;
  readonly partition: number;
  readonly offset: string;
  readonly code: string;
  readonly reason: string;
  readonly key: Buffer | null;
  readonly payload: Buffer | null;
};

const MOST_DEAD_LETTERS = 500;
const MOST_BYTES = 512 * 1024;
const LONGEST_COUNT = 1_000;

/** First part of the key of the forwarders' advisory lock; the second is a hash of cluster and topic. */
const LOCK_CLASS = 0x5509;

/**
 * Takes some, at least one if any is left. Other forwarders wait until the transaction ends; the rows are not locked, so that a dead
 * letter can be settled while Kafka is slow.
 * @param client in a transaction
 */
export async function takeUnforwarded(
  client: Client,
  { clusterId, topic }: Subscription,
): Promise<readonly UnforwardedDeadLetter[]> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_CLASS, `${clusterId} ${topic}`]);
  const { rows: waiting } = await client.query<{ id: number; bytes: number }>(
    `SELECT id, coalesce(octet_length(key), 0) + coalesce(octet_length(payload), 0) AS bytes FROM dead_letters
     WHERE forwarded_at IS NULL AND cluster_id = $1 AND topic = $2
     ORDER BY id LIMIT $3`,
    [clusterId, topic, MOST_DEAD_LETTERS],
  );
  const { rows } = await client.query<UnforwardedDeadLetter>(
    `SELECT id, "partition", "offset"::text AS "offset", code, reason, key, payload FROM dead_letters
     WHERE id = ANY($1) ORDER BY id`,
    [firstIds(waiting)],
  );
  return rows;
}

/** The first of them, up to MOST_BYTES: 500 keys and payloads of a megabyte would take half a gigabyte of memory. */
function firstIds(waiting: readonly { readonly id: number; readonly bytes: number }[]): number[] {
  let bytes = 0;
  const end = waiting.findIndex((deadLetter, index) => {
    bytes += deadLetter.bytes;
    return bytes > MOST_BYTES && index > 0;
  });
  return waiting.slice(0, end === -1 ? waiting.length : end).map(({ id }) => id);
}

/** To be called once Kafka has acknowledged them, in the transaction that took them. */
export async function markForwarded(
  client: Client,
  deadLetters: readonly UnforwardedDeadLetter[],
): Promise<void> {
  await client.query('UPDATE dead_letters SET forwarded_at = clock_timestamp() WHERE id = ANY($1)', [
    deadLetters.map(({ id }) => id),
  ]);
}

/** The number of dead letters that have waited for longer than `seconds`, counted up to LONGEST_COUNT. */
export async function countWaiting(
  pool: Pool,
  { clusterId, topic }: Pick<Subscription, 'clusterId' | 'topic'>,
  seconds: number,
): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT FROM dead_letters
       WHERE forwarded_at IS NULL AND cluster_id = $1 AND topic = $2
         AND rejected_at < now() - $3 * interval '1 second'
       LIMIT $4) AS waiting`,
    [clusterId, topic, seconds, LONGEST_COUNT],
  );
  return rows[0]?.count ?? 0;
}
