// The state machine of a transactional id: (transaction, input, now) → (transaction, error, effects). It is pure: the driver has
// the clock, logs and journal. Errors and their precedence are those of Apache Kafka's TransactionCoordinator, for which clients
// were written.

import { ErrorCode } from '../wire/error-codes.ts';
import {
  type AddGroupInput,
  type AddPartitionsInput,
  deadlineOf,
  type EndInput,
  type Ending,
  type InitInput,
  type Input,
  isEnding,
  NO_EPOCH,
  type OffsetsInput,
  type PendingOffsets,
  type Producer,
  type Step,
  type Transaction,
  withoutContent,
} from './transaction.ts';

const LAST_EPOCH = 32_766; // of a producer id; INT16 leaves one more, for fencing

/** The next state and the effects of an input at `now` (ms). */
export function step(transaction: Transaction, input: Input, now: number): Step {
  switch (input.kind) {
    case 'init':
      return init(transaction, input, now);
    case 'partitions':
      return addPartitions(transaction, input, now);
    case 'group':
      return addGroup(transaction, input, now);
    case 'offsets':
      return addOffsets(transaction, input, now);
    case 'end':
      return end(transaction, input, now);
    case 'tick':
      return tick(transaction, now);
    case 'ended':
      return ended(transaction, now);
  }
}

function unchanged(transaction: Transaction, error: ErrorCode): Step {
  return { transaction, error, ending: null };
}

function changed(transaction: Transaction, now: number): Step {
  return { transaction: { ...transaction, updatedAt: now }, error: ErrorCode.NONE, ending: null };
}

function init(transaction: Transaction, input: InitInput, now: number): Step {
  const { state, producerId, epoch, lastEpoch } = transaction;
  const { expected, timeoutMs, newProducerId } = input;
  const isSentAgain = expected?.epoch === lastEpoch && lastEpoch !== NO_EPOCH;
  // A new id has no producer yet, so any producer gets it, whatever id and epoch it sends.
  const isFenced = expected?.producerId !== producerId || (expected.epoch !== epoch && !isSentAgain);
  if (expected && epoch !== NO_EPOCH && isFenced) return unchanged(transaction, ErrorCode.PRODUCER_FENCED);
  if (isEnding(state)) return unchanged(transaction, ErrorCode.CONCURRENT_TRANSACTIONS);
  if (state === 'Ongoing')
    return { ...prepare(fenced(transaction), false, now), error: ErrorCode.CONCURRENT_TRANSACTIONS };
  if (isSentAgain) return unchanged(transaction, ErrorCode.NONE);
  const isExhausted = epoch >= LAST_EPOCH;
  const next =
    epoch === NO_EPOCH || isExhausted
      ? { producerId: newProducerId, epoch: 0, lastEpoch: NO_EPOCH }
      : { producerId, epoch: epoch + 1, lastEpoch: expected ? epoch : NO_EPOCH };
  return changed({ ...transaction, ...next, state: 'Empty', timeoutMs }, now);
}

/** The transaction with the next epoch, which fences its producer. */
function fenced(transaction: Transaction): Transaction {
  return { ...transaction, epoch: transaction.epoch + 1, lastEpoch: NO_EPOCH };
}

/** The error of a request that does not come from the id's current producer. */
export function senderProblem(transaction: Transaction, { producerId, epoch }: Producer): ErrorCode {
  if (producerId !== transaction.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  return epoch === transaction.epoch ? ErrorCode.NONE : ErrorCode.PRODUCER_FENCED;
}

/** The error where nothing can be added now. */
function addingProblem(transaction: Transaction, producer: Producer): ErrorCode {
  const problem = senderProblem(transaction, producer);
  if (problem !== ErrorCode.NONE) return problem;
  return isEnding(transaction.state) ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
}

/** The open transaction, begun now if none was. */
function begun(transaction: Transaction, now: number): Transaction {
  return transaction.state === 'Ongoing' ? transaction : { ...transaction, state: 'Ongoing', startedAt: now };
}

function addPartitions(transaction: Transaction, input: AddPartitionsInput, now: number): Step {
  const problem = addingProblem(transaction, input.producer);
  if (problem !== ErrorCode.NONE) return unchanged(transaction, problem);
  const isKnown = input.partitions.every((name) => transaction.partitions.has(name));
  if (transaction.state === 'Ongoing' && isKnown) return unchanged(transaction, ErrorCode.NONE);
  const partitions = new Set([...transaction.partitions, ...input.partitions]);
  return changed({ ...begun(transaction, now), partitions }, now);
}

function addGroup(transaction: Transaction, input: AddGroupInput, now: number): Step {
  const problem = addingProblem(transaction, input.producer);
  if (problem !== ErrorCode.NONE) return unchanged(transaction, problem);
  const isKnown = transaction.offsets.has(input.group);
  if (transaction.state === 'Ongoing' && isKnown) return unchanged(transaction, ErrorCode.NONE);
  const offsets: PendingOffsets = new Map(transaction.offsets).set(input.group, new Map());
  return changed({ ...begun(transaction, now), offsets }, now);
}

/** Offsets are accepted only for a group that was added, so that a late request can't add any to the next transaction. */
function addOffsets(transaction: Transaction, input: OffsetsInput, now: number): Step {
  const problem = addingProblem(transaction, input.producer);
  if (problem !== ErrorCode.NONE) return unchanged(transaction, problem);
  const before = transaction.offsets.get(input.group);
  if (transaction.state !== 'Ongoing' || !before) return unchanged(transaction, ErrorCode.INVALID_TXN_STATE);
  const offsets = new Map(transaction.offsets).set(input.group, new Map([...before, ...input.offsets]));
  return changed({ ...transaction, offsets }, now);
}

function end(transaction: Transaction, { producer, isCommit }: EndInput, now: number): Step {
  const problem = senderProblem(transaction, producer);
  if (problem !== ErrorCode.NONE) return unchanged(transaction, problem);
  const other = unchanged(transaction, ErrorCode.INVALID_TXN_STATE);
  switch (transaction.state) {
    case 'Ongoing':
      return prepare(transaction, isCommit, now);
    case 'PrepareCommit':
    case 'PrepareAbort':
      return isCommit === (transaction.state === 'PrepareCommit')
        ? unchanged(transaction, ErrorCode.CONCURRENT_TRANSACTIONS)
        : other;
    case 'CompleteCommit':
    case 'CompleteAbort':
      return isCommit === (transaction.state === 'CompleteCommit')
        ? unchanged(transaction, ErrorCode.NONE)
        : other;
    case 'Empty':
      return other;
  }
}

/** Once this is stored, the transaction is decided. */
function prepare(transaction: Transaction, isCommit: boolean, now: number): Step {
  const step = changed({ ...transaction, state: isCommit ? 'PrepareCommit' : 'PrepareAbort' }, now);
  return { ...step, ending: endingOf(step.transaction) };
}

function endingOf(transaction: Transaction): Ending {
  const { producerId, epoch, state, partitions, offsets } = transaction;
  const isCommit = state === 'PrepareCommit';
  return { producer: { producerId, epoch }, isCommit, partitions, offsets: isCommit ? offsets : new Map() };
}

/** Aborts a transaction past its timeout and fences its producer; the effects of a decided one are repeated. */
function tick(transaction: Transaction, now: number): Step {
  if (isEnding(transaction.state))
    return { transaction, error: ErrorCode.NONE, ending: endingOf(transaction) };
  const deadline = deadlineOf(transaction);
  if (deadline === null || now < deadline) return unchanged(transaction, ErrorCode.NONE);
  return prepare(fenced(transaction), false, now);
}

function ended(transaction: Transaction, now: number): Step {
  if (!isEnding(transaction.state)) return unchanged(transaction, ErrorCode.NONE);
  const state = transaction.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort';
  return changed({ ...withoutContent(transaction), state }, now);
}
