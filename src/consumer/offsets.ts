// The partitions' next offsets, in Postgres beside the rows. An offset is moved only from the value that was read: a consumer
// that has lost its partition (a zombie) finds another value and commits nothing.

import { CHANGE_CHANNEL, storedMessage } from '../db/change.ts';
import { type Beginning, type Client, type Pool, transaction } from '../db/pool.ts';

/** Whose offsets: one consumer group reading one topic on one cluster. */
export type Subscription = { readonly clusterId: string; readonly group: string; readonly topic: string };

/** A partition's offset before and after a batch; `expected` is undefined before the first. */
export type OffsetMove = {
  readonly expected: bigint | undefined;
  readonly next: bigint;
  /** Where the partition ended when its records were fetched, which is told with the move. */
  readonly end?: bigint | undefined;
};

/** Another consumer has moved the partition's offset since we read it. */
export class FencedError extends Error {
  override readonly name = 'FencedError';

  constructor(partition: number, expected: bigint | undefined) {
    super(`partition ${partition}: another consumer moved the offset away from ${expected ?? 'none'}`);
  }
}

/** The offset of the partition's next record to store; undefined where none was ever stored. */
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

/** The offsets of all partitions that have one, by partition. */
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
     SELECT $1, $2, $3, $4, $5 WHERE $8::bigint IS NULL
     ON CONFLICT DO NOTHING RETURNING CASE WHEN $7::text IS NOT NULL THEN pg_notify($6, $7) END`,
  },
  next: {
    name: 'next_offset',
    text: `UPDATE consumer_offsets SET next_offset = $5, updated_at = now()
     WHERE cluster_id = $1 AND consumer_group = $2 AND topic = $3 AND "partition" = $4 AND next_offset = $8
     RETURNING CASE WHEN $7::text IS NOT NULL THEN pg_notify($6, $7) END`,
  },
} as const;

/**
 * Moves the partition's offset from `expected` to `next`, and notifies the web processes at commit. Other writers of the partition
 * wait for the end of the transaction.
 * @param expected as readOffset returned it
 * @param end as in OffsetMove
 * @throws {FencedError} where it has changed since
 */
export function moveOffset(
  client: Client,
  subscription: Subscription,
  partition: number,
  expected: bigint | undefined,
  next: bigint,
  end?: bigint,
): Promise<void> {
  return move(client, new Moving(subscription, partition, { expected, next, end }, true));
}

async function move(client: Client | Pool, moving: Moving): Promise<void> {
  const { rowCount } = await client.query({ ...MOVES[moving.kind], values: [...moving.values] });
  moving.check(rowCount ?? 0);
}

/** The move of an offset as part of a statement that writes more: see movingSql(). */
export class Moving {
  readonly kind: keyof typeof MOVES;
  /** $1 to $8 of the statement; the first four are the cluster, the group, the topic and the partition. */
  readonly values: readonly (string | number | null)[];
  readonly #partition: number;
  readonly #expected: bigint | undefined;

  /** @param tells whether the web processes are notified at commit */
  constructor(
    subscription: Subscription,
    partition: number,
    { expected, next, end }: OffsetMove,
    tells: boolean,
  ) {
    const { clusterId, group, topic } = subscription;
    const [from, to] = [expected?.toString() ?? null, next.toString()];
    const stored = { topic, cluster: clusterId, group, partition, next: to, end: end?.toString() };
    const news = tells ? storedMessage(stored) : null;
    this.kind = expected === undefined ? 'first' : 'next';
    this.values = [clusterId, group, topic, partition, to, CHANGE_CHANNEL, news, from];
    this.#partition = partition;
    this.#expected = expected;
  }

  /** @param rows returned by the move's SQL @throws {FencedError} where it has moved nothing */
  check(rows: number): void {
    if (rows !== 1) throw new FencedError(this.#partition, this.#expected);
  }
}

/** Prepared statements that move an offset and write more: one for a partition's first offset, one for later ones. */
export type MovingSql = Readonly<
  Record<keyof typeof MOVES, { readonly name: string; readonly text: string }>
>;

/**
 * Makes statements that move an offset and write more.
 * @param textOf the statement around the SQL of the move, which returns one row where the offset was as expected, otherwise none
 */
export const movingSql = (name: string, textOf: (move: string) => string): MovingSql => ({
  first: { name: `${name}_first`, text: textOf(MOVES.first.text) },
  next: { name, text: textOf(MOVES.next.text) },
});

/**
 * Runs `work` in the transaction that moves the partition's offset: both are committed, or neither. No web process is notified.
 * @param beginning as of transaction()
 * @throws {FencedError} as moveOffset; what `work` throws
 */
export function inOffsetTransaction<T>(
  pool: Pool,
  subscription: Subscription,
  partition: number,
  offsets: OffsetMove,
  work: (client: Client) => Promise<T>,
  beginning?: Beginning,
): Promise<T> {
  const moveAndWork = async (client: Client) => {
    await move(client, new Moving(subscription, partition, offsets, false));
    return work(client);
  };
  return transaction(pool, moveAndWork, beginning);
}

/** Moves the partition's offset past records that change nothing; no web process is notified. @throws {FencedError} as moveOffset */
export const passOver = (
  pool: Pool,
  subscription: Subscription,
  partition: number,
  offsets: OffsetMove,
): Promise<void> => move(pool, new Moving(subscription, partition, offsets, false));
