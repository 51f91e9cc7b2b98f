// Drives the state machine of transactional ids: supplies the time and producer ids, stores each step in the journal before the
// response, and carries out its effects. Their order makes a crash harmless: first the decision is stored, then the markers are
// written, then the offsets in one write with the completed state; a start completes the transactions that are decided. A
// transaction open in a log but in no stored id, as after a power failure, is aborted at start, so that no consumer waits for it.

import type { Groups } from '../group/coordinator.ts';
import type { PartitionOffset } from '../group/offsets.ts';
import type { Journal, Key } from '../journal.ts';
import type { PartitionLog } from '../log/partition-log.ts';
import type { Topics } from '../log/topics.ts';
import type { Settings } from '../options.ts';
import type { ProducerIds } from '../producer-ids.ts';
import { steadyNow } from '../steady-clock.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import { senderProblem, step } from './step.ts';
import { fromStored, KIND, toStored } from './stored.ts';
import {
  bytesOf,
  deadlineOf,
  type Ending,
  emptyTransaction,
  type Input,
  isEnding,
  isOpen,
  type PendingOffsets,
  type Producer,
  type Transaction,
} from './transaction.ts';

const CHECK_MS = 500; // interval of the timeout checks of open transactions

export type Initialised = Producer & { readonly error: ErrorCode };

type Parts = {
  readonly journal: Journal;
  readonly topics: Topics;
  readonly groups: Groups;
  readonly producerIds: ProducerIds;
};

const keyOf = (id: string): Key => [KIND, id];

export class Transactions {
  readonly #parts: Parts;
  readonly #settings: Settings;
  /** By id, least recently changed first. */
  #transactions = new Map<string, Transaction>();
  #open = new Set<string>();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Reads the journal and completes decided transactions; one for which the disk fails is retried later. */
  constructor(parts: Parts, settings: Settings) {
    this.#parts = parts;
    this.#settings = settings;
    const stored = [...parts.journal.entries(KIND)].map(([[, id], value]) => fromStored(String(id), value));
    for (const transaction of stored.sort((a, b) => a.updatedAt - b.updatedAt)) this.#keep(transaction);
    for (const id of this.#open) this.#noteOrder(id);
    for (const id of [...this.#open]) this.#tick(id);
    this.#abortUnknown();
  }

  #noteOrder(id: string): void {
    for (const ofGroup of this.#transactions.get(id)?.offsets.values() ?? [])
      for (const { committed } of ofGroup.values()) this.#parts.groups.offsets.noteOrder(committed);
  }

  get(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  all(): Transaction[] {
    return [...this.#transactions.values()];
  }

  /** Gives a producer its id and epoch, after aborting its predecessor's open transaction. For `expected` see InitInput. */
  init(id: string, timeoutMs: number, expected: Producer | null): Initialised {
    const refused = (error: ErrorCode) => ({ error, producerId: -1, epoch: -1 });
    if (timeoutMs <= 0 || timeoutMs > this.#settings.transactionMaxTimeoutMs)
      return refused(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
    const before = this.#transactions.get(id) ?? this.#newId(id);
    if (typeof before === 'number') return refused(before);
    const input = { kind: 'init', timeoutMs, expected, newProducerId: this.#newProducerId() } as const;
    let error = this.#run(before, input);
    const now = this.#transactions.get(id);
    // The open transaction was aborted by this step, so a second one succeeds, without a retry by the client.
    if (error === ErrorCode.CONCURRENT_TRANSACTIONS && now && !isOpen(now))
      error = this.#run(now, { ...input, expected: null });
    const { producerId, epoch } = this.#transactions.get(id) ?? before;
    return error === ErrorCode.NONE ? { error, producerId, epoch } : refused(error);
  }

  #newProducerId(): number {
    return this.#parts.producerIds.next();
  }

  /** A new transactional id, or POLICY_VIOLATION where the memory limit is reached. */
  #newId(id: string): Transaction | ErrorCode {
    const transaction = emptyTransaction(id, steadyNow());
    return this.#makeRoom(bytesOf(transaction)) ? transaction : ErrorCode.POLICY_VIOLATION;
  }

  /** Removes the least recently changed ids without an open transaction, as many as needed. */
  #makeRoom(bytes: number): boolean {
    const { maxTransactionBytes } = this.#settings;
    if (this.#bytes + bytes <= maxTransactionBytes) return true;
    for (const transaction of this.#transactions.values()) {
      if (!isOpen(transaction) && !this.#forget(transaction)) return false;
      if (this.#bytes + bytes <= maxTransactionBytes) return true;
    }
    return false;
  }

  addPartitions(id: string, producer: Producer, partitions: readonly string[]): ErrorCode {
    return this.#ask(id, { kind: 'partitions', producer, partitions });
  }

  addGroup(id: string, producer: Producer, group: string): ErrorCode {
    return this.#ask(id, { kind: 'group', producer, group });
  }

  /** Stores offsets until the transaction ends; the caller has checked the partitions and the group. */
  addOffsets(id: string, producer: Producer, group: string, offsets: readonly PartitionOffset[]): ErrorCode {
    const received = this.#parts.groups.offsets.received(offsets);
    const byLog = new Map(received.map((one) => [`${one.topic}-${one.partition}`, one]));
    return this.#ask(id, { kind: 'offsets', producer, group, offsets: byLog });
  }

  end(id: string, producer: Producer, isCommit: boolean): ErrorCode {
    return this.#ask(id, { kind: 'end', producer, isCommit });
  }

  /** Checks that a producer may write to a log as part of its open transaction. */
  verify(id: string, producer: Producer, log: PartitionLog): ErrorCode {
    const transaction = this.#transactions.get(id);
    if (transaction === undefined) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
    const problem = senderProblem(transaction, producer);
    if (problem !== ErrorCode.NONE) return problem;
    const isPart = transaction.state === 'Ongoing' && transaction.partitions.has(log.name);
    return isPart ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE;
  }

  /** Names of the logs with a group's offsets in open transactions. */
  pendingOffsets(group: string): Set<string> {
    const names = new Set<string>();
    for (const id of this.#open)
      for (const name of this.#transactions.get(id)?.offsets.get(group)?.keys() ?? []) names.add(name);
    return names;
  }

  #ask(id: string, input: Input): ErrorCode {
    const transaction = this.#transactions.get(id);
    return transaction ? this.#run(transaction, input) : ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  }

  /** Takes one step and, where it ends a transaction, carries out the effects. */
  #run(transaction: Transaction, input: Input): ErrorCode {
    const { transaction: next, error, ending } = step(transaction, input, steadyNow());
    const more = bytesOf(next) - bytesOf(transaction);
    if (more > 0 && !this.#makeRoom(more)) return ErrorCode.POLICY_VIOLATION;
    if (next !== transaction && !this.#store(next)) return ErrorCode.COORDINATOR_NOT_AVAILABLE; // clients try again
    if (ending) this.#end(next, ending);
    return error;
  }

  #store(next: Transaction): boolean {
    const { log, fsyncMs } = this.#settings;
    try {
      this.#parts.journal.set([[keyOf(next.id), toStored(next)]], fsyncMs === 0);
    } catch (error) {
      log.error({ transactionalId: next.id, error }, 'cannot write the state of a transactional id');
      return false;
    }
    this.#keep(next);
    return true;
  }

  #keep(next: Transaction): void {
    const before = this.#transactions.get(next.id);
    this.#bytes += bytesOf(next) - (before ? bytesOf(before) : 0);
    this.#transactions.delete(next.id);
    this.#transactions.set(next.id, next);
    if (isOpen(next)) this.#open.add(next.id);
    else this.#open.delete(next.id);
    if (this.#open.size > 0) this.#timer ??= setInterval(() => this.#checkTimes(), CHECK_MS).unref();
  }

  #forget({ id }: Transaction): boolean {
    const transaction = this.#transactions.get(id);
    if (transaction === undefined) return true;
    try {
      this.#parts.journal.set([[keyOf(id), null]]);
    } catch (error) {
      this.#settings.log.error({ transactionalId: id, error }, 'cannot forget a transactional id');
      return false;
    }
    this.#bytes -= bytesOf(transaction);
    this.#transactions.delete(id);
    return true;
  }

  /** Writes the markers, then the offsets with the completed state; a failure is retried. */
  #end(transaction: Transaction, { producer, isCommit, partitions, offsets }: Ending): void {
    const { groups, topics } = this.#parts;
    const { log, fsyncMs } = this.#settings;
    const { id } = transaction;
    try {
      for (const name of partitions) {
        const partition = topics.named(name);
        partition?.endTransaction(producer.producerId, producer.epoch, isCommit, Date.now());
        if (fsyncMs === 0) partition?.sync();
      }
      const done = step(transaction, { kind: 'ended' }, steadyNow()).transaction;
      groups.commitDecided(this.#present(offsets), [[keyOf(id), toStored(done)]]);
      this.#keep(done);
    } catch (error) {
      log.error({ transactionalId: id, error }, 'cannot end a transaction; it will be tried again');
    }
  }

  /** The offsets of topics that still exist. */
  #present(offsets: PendingOffsets): Map<string, PartitionOffset[]> {
    const isThere = ({ topic, partition }: PartitionOffset) => this.#parts.topics.partition(topic, partition);
    const present = new Map<string, PartitionOffset[]>();
    for (const [group, ofGroup] of offsets) {
      const left = [...ofGroup.values()].filter(isThere);
      if (left.length > 0) present.set(group, left);
    }
    return present;
  }

  #tick(id: string): void {
    const transaction = this.#transactions.get(id);
    if (transaction) this.#run(transaction, { kind: 'tick' });
  }

  /** Aborts transactions past their timeout, and retries failed ends. */
  #checkTimes(): void {
    const now = steadyNow();
    for (const id of [...this.#open]) {
      const transaction = this.#transactions.get(id);
      if (transaction === undefined) continue;
      const deadline = deadlineOf(transaction) ?? now;
      if (isEnding(transaction.state) || deadline <= now) this.#tick(id);
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Aborts the transactions that are open in a log but not in any transactional id. */
  #abortUnknown(): void {
    const known = new Map<number, Transaction>();
    for (const id of this.#open) {
      const transaction = this.#transactions.get(id);
      if (transaction) known.set(transaction.producerId, transaction);
    }
    for (const partition of this.#parts.topics.all().flatMap(({ partitions }) => partitions))
      for (const { producerId } of partition.openTransactions())
        if (!known.get(producerId)?.partitions.has(partition.name)) this.#abortIn(partition, producerId);
  }

  #abortIn(partition: PartitionLog, producerId: number): void {
    const { log } = this.#settings;
    const details = { partition: partition.name, producerId };
    try {
      const epoch = partition.producers.get(producerId)?.epoch ?? 0;
      partition.endTransaction(producerId, epoch, false, Date.now());
      log.warn(details, 'aborted a transaction that no transactional id has open');
    } catch (error) {
      const what = 'cannot abort a transaction that no transactional id has open; it will be tried again';
      log.error({ ...details, error }, what);
    }
  }

  /** Removes ids without an open transaction that have not changed since `since`, ms; retries aborts that failed at start. */
  expire(since: number): void {
    this.#abortUnknown();
    for (const transaction of this.all())
      if (!isOpen(transaction) && transaction.updatedAt < since) this.#forget(transaction);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
