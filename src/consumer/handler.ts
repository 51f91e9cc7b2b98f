// What a consumer calls: a handler, which stores its records, and an observer, for logs and metrics.

import type { OffsetMove } from './offsets.ts';
import type { RecordBatch } from './record.ts';

/** Writes what records change. The consumer retries, isolates and seeks; a handler only stores. */
export type RecordHandler<Result> = {
  /**
   * Stores the batch and moves the partition's offset, in one transaction: see inOffsetTransaction(). A batch with
   * `unstorable` sets its records aside instead.
   * @throws {FencedError} where another consumer has moved the offset; pg's error where nothing is written
   */
  store(batch: RecordBatch, move: OffsetMove): Promise<Result>;
  /** Called after the commit. @param seconds the transaction took */
  stored(result: Result, batch: RecordBatch, seconds: number): void;
};

/** Told what happens, for logs and metrics; no method may throw. */
export type ConsumerObserver = {
  joined(partitions: readonly number[]): void;
  seeking(partition: number, offset: bigint): void;
  /** A batch is about to be stored. @param behind records of the partition in Kafka but not in Postgres, these included */
  taken(partition: number, records: number, behind: bigint): void;
  /** A batch is stored. @param behind as of taken(), without these */
  caughtUp(partition: number, behind: bigint): void;
  /** A transaction failed and is retried. @param isFirst whether it is the first failure in a row */
  failed(error: unknown, isFirst: boolean): void;
  /** A retry has succeeded. */
  recovered(): void;
  warned(message: string, details?: object): void;
  noted(message: string, error: unknown): void;
};
