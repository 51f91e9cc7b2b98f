// The handler stores a consumer's records, the observer is told of it. Only the handler knows what is written.

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

/** Hears what happens, for logs and metrics; none of it may throw. */
export type ConsumerObserver = {
  joined(partitions: readonly number[]): void;
  seeking(partition: number, offset: bigint): void;
  /** @param behind records of the partition that Kafka has and Postgres does not, these included */
  taken(partition: number, records: number, behind: bigint): void;
  /** @param behind the same, after a commit */
  caughtUp(partition: number, behind: bigint): void;
  /** Postgres did not take a batch; it is tried again. @param isFirst whether the try before went well */
  failed(error: unknown, isFirst: boolean): void;
  recovered(): void;
  warned(message: string, details?: object): void;
  noted(message: string, error: unknown): void;
};
