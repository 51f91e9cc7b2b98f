// Stores one batch: retried with growing pauses while Postgres is away, and record by record where Postgres refuses one of
// them, so that a bad record never stops the others.

import { Backoff } from '../runtime/backoff.ts';
import { codeOf, messageOf } from '../runtime/errors.ts';
import type { ConsumerObserver, RecordHandler } from './handler.ts';
import { FencedError } from './offsets.ts';
import type { KafkaRecord } from './record.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Limit of the records of one transaction. A fetch of usual events has fewer; one of tiny records may have a hundred times as many. */
export const MOST_RECORDS = 10_000;

/** The offset of an assigned partition in Postgres, and whether Kafka was asked to deliver from there. */
export type Position = { expected: bigint | undefined; sought: boolean };

/** A batch in hand, and whether its partition is still ours. */
export type InHand = {
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** The offset after the last record. */
  readonly next: bigint;
  /** As in RecordBatch. */
  readonly end?: bigint;
  isMine(): boolean;
  heartbeat(): Promise<void>;
};

/**
 * Stores the batch and moves `position`; retries while it fails.
 * @returns false where the partition was lost or the consumer stopped before the batch was stored
 * @throws {FencedError} where another consumer has moved the offset
 */
export async function storeBatchWithRetries<Result>(
  handler: RecordHandler<Result>,
  observer: ConsumerObserver,
  position: Position,
  batch: InHand,
): Promise<boolean> {
  const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  const { records: all } = batch;
  let done = 0;
  for (let isFirst = true; batch.isMine(); isFirst = false) {
    try {
      do {
        const after = all[done + MOST_RECORDS]?.offset ?? batch.next;
        await isolate(all.slice(done, done + MOST_RECORDS), after, async (records, next, unstorable) => {
          await store(handler, position, batch, records, next, unstorable);
          done += records.length;
        });
        if (!isFirst) observer.recovered();
        isFirst = true;
      } while (done < all.length && batch.isMine());
      return done === all.length;
    } catch (error) {
      if (error instanceof FencedError) throw error;
      observer.failed(error, isFirst);
    }
    await backoff.wait();
    await batch.heartbeat();
  }
  return false;
}

type Store = (records: readonly KafkaRecord[], next: bigint, unstorable?: string) => Promise<void>;

/**
 * Stores all records at once, or one by one where Postgres refuses one that validation has accepted.
 * @param after the offset after the records
 */
async function isolate(records: readonly KafkaRecord[], after: bigint, store: Store): Promise<void> {
  try {
    await store(records, after);
  } catch (error) {
    if (!isDataError(error)) throw error;
    for (const [index, one] of records.entries())
      await storeOne(one, records[index + 1]?.offset ?? after, store);
  }
}

async function storeOne(record: KafkaRecord, next: bigint, store: Store): Promise<void> {
  try {
    await store([record], next);
  } catch (error) {
    if (!isDataError(error)) throw error;
    await store([record], next, messageOf(error));
  }
}

async function store<Result>(
  handler: RecordHandler<Result>,
  position: Position,
  { partition, end }: InHand,
  records: readonly KafkaRecord[],
  next: bigint,
  unstorable?: string,
): Promise<void> {
  const batch = {
    partition,
    records,
    ...(end === undefined ? {} : { end }),
    ...(unstorable === undefined ? {} : { unstorable }),
  };
  const started = performance.now();
  const result = await handler.store(batch, { expected: position.expected, next, end });
  position.expected = next;
  handler.stored(result, batch, (performance.now() - started) / 1000);
}

/**
 * SQLSTATE classes 22 (data exception) and 23 (constraint violation), for which a retry can't help, except 23505: a key that another
 * writer inserted at the same moment is found as a duplicate by the retry.
 */
function isDataError(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  return /^2[23]/.test(code) && code !== '23505';
}
