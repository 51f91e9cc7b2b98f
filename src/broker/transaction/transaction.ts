// A transactional id as a value, and the inputs and effects of its state machine (step.ts). Everything is read-only: a step
// returns a new value. Writes to logs and offsets are effects, which the driver (coordinator.ts) carries out and confirms by
// `ended`. The epoch is not incremented at the end of each transaction, as the broker does not offer that feature
// (transaction.version 2, KIP-890).
//
//   Empty, CompleteCommit, CompleteAbort ─partitions, group→ Ongoing ─end→ PrepareCommit, PrepareAbort ─ended→ CompleteCommit, …Abort
//   Ongoing ─init by another producer, or timeout→ PrepareAbort with the next epoch, which fences its producer

import type { PartitionOffset } from '../group/offsets.ts';
import type { ErrorCode } from '../wire/error-codes.ts';

export type Producer = {
  readonly producerId: number;
  readonly epoch: number;
};

/** Offsets to be committed with the transaction, by group and by the name of the partition's log. */
export type PendingOffsets = ReadonlyMap<string, ReadonlyMap<string, PartitionOffset>>;

export type Transaction = {
  readonly id: string;
  readonly state: 'Empty' | 'Ongoing' | 'PrepareCommit' | 'PrepareAbort' | 'CompleteCommit' | 'CompleteAbort';
  readonly producerId: number;
  /** −1 before the first producer. */
  readonly epoch: number;
  /** The epoch before its producer requested the next one (KIP-360); −1 where another producer took over. */
  readonly lastEpoch: number;
  /** Transaction timeout, ms. */
  readonly timeoutMs: number;
  /** Names of the logs that the open transaction may write to. */
  readonly partitions: ReadonlySet<string>;
  readonly offsets: PendingOffsets;
  /** When the open transaction started, ms; −1 where none is. */
  readonly startedAt: number;
  /** When it was last changed, ms. */
  readonly updatedAt: number;
};

/** A producer asks for its id and epoch. */
export type InitInput = {
  readonly kind: 'init';
  readonly timeoutMs: number;
  /** The producer's id and epoch, if it requests the next epoch (KIP-360). */
  readonly expected: Producer | null;
  /** The producer id for a transactional id without one. */
  readonly newProducerId: number;
};

export type AddPartitionsInput = {
  readonly kind: 'partitions';
  readonly producer: Producer;
  readonly partitions: readonly string[];
};

/** Adds a group whose offsets follow. */
export type AddGroupInput = {
  readonly kind: 'group';
  readonly producer: Producer;
  readonly group: string;
};

export type OffsetsInput = {
  readonly kind: 'offsets';
  readonly producer: Producer;
  readonly group: string;
  readonly offsets: ReadonlyMap<string, PartitionOffset>;
};

export type EndInput = {
  readonly kind: 'end';
  readonly producer: Producer;
  readonly isCommit: boolean;
};

export type Input =
  | InitInput
  | AddPartitionsInput
  | AddGroupInput
  | OffsetsInput
  | EndInput
  /** Time has passed. */
  | { readonly kind: 'tick' }
  /** The effects of the end are done. */
  | { readonly kind: 'ended' };

/** Effects: markers in the logs, then, for a commit, the offsets together with the state after `ended`. */
export type Ending = {
  readonly producer: Producer;
  readonly isCommit: boolean;
  readonly partitions: ReadonlySet<string>;
  /** Empty for an aborted transaction. */
  readonly offsets: PendingOffsets;
};

export type Step = {
  readonly transaction: Transaction;
  /** The error code of the response. */
  readonly error: ErrorCode;
  readonly ending: Ending | null;
};

export const NO_EPOCH = -1;
const NOTHING = { partitions: new Set<string>(), offsets: new Map(), startedAt: -1 } as const;

export function emptyTransaction(id: string, now: number): Transaction {
  const nobody = { producerId: -1, epoch: NO_EPOCH, lastEpoch: NO_EPOCH, timeoutMs: 0 };
  return { id, state: 'Empty', ...nobody, ...NOTHING, updatedAt: now };
}

/** The id without its partitions, offsets and start time. */
export function withoutContent(transaction: Transaction): Transaction {
  return { ...transaction, ...NOTHING };
}

/** Whether it is ongoing, or decided and not completed. */
export function isOpen({ state }: Transaction): boolean {
  return state === 'Ongoing' || isEnding(state);
}

/** Whether it is decided and not completed. */
export function isEnding(state: Transaction['state']): state is 'PrepareCommit' | 'PrepareAbort' {
  return state === 'PrepareCommit' || state === 'PrepareAbort';
}

/** When the coordinator aborts it, ms; null where nothing is open. */
export function deadlineOf({ state, startedAt, timeoutMs }: Transaction): number | null {
  return state === 'Ongoing' ? startedAt + timeoutMs : null;
}

const ID_BYTES = 600; // measured, of an id without partitions and offsets
const ENTRY_BYTES = 100;
const OFFSET_BYTES = 300;

/** About how many bytes of memory it takes. */
export function bytesOf({ id, partitions, offsets }: Transaction): number {
  let bytes = ID_BYTES + 2 * id.length + ENTRY_BYTES * partitions.size;
  for (const [group, ofGroup] of offsets) {
    bytes += ENTRY_BYTES + 2 * group.length;
    for (const { committed } of ofGroup.values())
      bytes += OFFSET_BYTES + 2 * (committed.metadata?.length ?? 0);
  }
  return bytes;
}
