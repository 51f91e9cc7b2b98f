// A crash at any byte of what transactions write: two transactional ids work on two partitions and a group for a while, then the folder
// is cut back to every state in which the disk can have been (RESTART_STRIDE says how many bytes apart, 1 for every one; RESTART_SEED
// repeats a run), and opened again. Each transaction whose decision was stored is there as a whole, the others are not there at all.

import { cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Groups } from '../../../src/broker/group/coordinator.ts';
import { Journal } from '../../../src/broker/journal.ts';
import type { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { forEachRecord } from '../../../src/broker/log/record.ts';
import {
  BATCH_HEADER,
  batchSize,
  isControl,
  nextOffset,
  readHeader,
} from '../../../src/broker/log/record-batch.ts';
import { Topics } from '../../../src/broker/log/topics.ts';
import { parseOptions } from '../../../src/broker/options.ts';
import { ProducerIds } from '../../../src/broker/producer-ids.ts';
import { Transactions } from '../../../src/broker/transaction/coordinator.ts';
import type { Producer } from '../../../src/broker/transaction/transaction.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { mulberry32 } from '../random.ts';
import { batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';

const STRIDE = Number(process.env.RESTART_STRIDE ?? 197);
const SEED = Number(process.env.RESTART_SEED ?? Date.now() % 2 ** 31);
const ACTS = 60;
const TRANSACTIONAL = 1 << 4;
const IDS = ['x', 'y'];
const NOW = Date.now();
const ENTRY_HEAD = 8;

function open(folder: string) {
  mkdirSync(folder, { recursive: true });
  const settings = parseOptions({ dataDir: folder });
  const journal = new Journal(`${folder}/journal`);
  const topics = new Topics(`${folder}/topics`, journal, settings, NOW);
  const groups = new Groups(journal, settings, NOW);
  const producerIds = new ProducerIds(journal);
  const transactions = new Transactions({ journal, topics, groups, producerIds }, settings);
  const close = () => {
    transactions.close();
    groups.close();
    topics.close();
    journal.close();
  };
  return { journal, topics, groups, transactions, close };
}

type Opened = ReturnType<typeof open>;

const FILES = (folder: string) => [
  `${folder}/journal`,
  `${folder}/topics/topic-0/00000000000000000000.log`,
  `${folder}/topics/topic-1/00000000000000000000.log`,
];
const sizesOf = (folder: string): number[] => FILES(folder).map((file) => statSync(file).size);

/** What a reader of committed records sees, in order; `null` values cannot come. */
function committedValues(log: PartitionLog): string[] {
  const values: string[] = [];
  const aborted = log.abortedWithin(0, log.lastStableOffset);
  for (let offset = 0; offset < log.lastStableOffset; ) {
    const records = log.read(offset, 1 << 20, false, log.lastStableOffset);
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      const header = readHeader(records, at);
      offset = nextOffset(records, at);
      const isAborted = aborted.some(
        ({ producerId, firstOffset, lastOffset }) =>
          producerId === header.producerId &&
          firstOffset <= header.baseOffset &&
          header.baseOffset <= lastOffset,
      );
      if (isControl(header) || isAborted) continue;
      const body = records.subarray(at + BATCH_HEADER, at + header.size);
      forEachRecord(body, header.records, ({ value }) => values.push(String(value)));
    }
  }
  return values;
}

/** What is decided: values by partition, the offset of each group. */
type Decided = { readonly values: readonly [string[], string[]]; readonly offsets: Record<string, number> };

type Write = {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly undecided: Decided;
  readonly decided: Decided;
};

class Worker {
  readonly #opened: Opened;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #producers = new Map<string, Producer>();
  readonly #sequences = new Map<string, number>();
  readonly #pending = new Map<string, { values: [string, number][]; offset: number | null }>();
  #decided: Decided = { values: [[], []], offsets: {} };
  #next = 0;
  readonly writes: Write[] = [];

  constructor(opened: Opened, folder: string, random: () => number) {
    this.#opened = opened;
    this.#folder = folder;
    this.#random = random;
  }

  /** One write of whatever kind, with what is decided before and after it. */
  #write(act: () => void, decided = this.#decided): void {
    const before = sizesOf(this.#folder);
    act();
    this.writes.push({ before, after: sizesOf(this.#folder), undecided: this.#decided, decided });
    this.#decided = decided;
  }

  init(id: string): void {
    this.#write(() => {
      const { error, producerId, epoch } = this.#opened.transactions.init(id, 60_000, null);
      expect(error).toBe(ErrorCode.NONE);
      this.#producers.set(id, { producerId, epoch });
    });
    for (const partition of [0, 1]) this.#sequences.set(`${id}-${partition}`, 0);
    this.#pending.delete(id);
  }

  act(): void {
    const id = IDS[Math.floor(this.#random() * IDS.length)] ?? '';
    const kind = this.#random();
    if (kind < 0.05) this.init(id);
    else if (kind < 0.55) this.#produce(id, this.#random() < 0.5 ? 0 : 1);
    else if (kind < 0.75) this.#commitOffset(id);
    else this.#end(id, this.#random() < 0.7);
  }

  #of(id: string) {
    const pending = this.#pending.get(id) ?? { values: [], offset: null };
    this.#pending.set(id, pending);
    const producer = this.#producers.get(id) ?? { producerId: -1, epoch: -1 };
    return { pending, producer, transactions: this.#opened.transactions };
  }

  #produce(id: string, partition: number): void {
    const { pending, producer, transactions } = this.#of(id);
    this.#write(() =>
      expect(transactions.addPartitions(id, producer, [`topic-${partition}`])).toBe(ErrorCode.NONE),
    );
    const key = `${id}-${partition}`;
    const sequence = this.#sequences.get(key) ?? 0;
    const value = String(this.#next++);
    const bytes = batch({
      values: [value],
      timestamps: [NOW],
      ...producer,
      sequence,
      attributes: TRANSACTIONAL,
    });
    this.#write(() =>
      this.#opened.topics.partition('topic', partition)?.append(bytes, readHeader(bytes, 0), NOW),
    );
    this.#sequences.set(key, sequence + 1);
    pending.values.push([value, partition]);
  }

  #commitOffset(id: string): void {
    const { pending, producer, transactions } = this.#of(id);
    const offset = this.#next++;
    const committed = { offset, metadata: null, at: NOW };
    this.#write(() => expect(transactions.addGroup(id, producer, id)).toBe(ErrorCode.NONE));
    this.#write(() => {
      const offsets = [{ topic: 'topic', partition: 0, committed }];
      expect(transactions.addOffsets(id, producer, id, offsets)).toBe(ErrorCode.NONE);
    });
    pending.offset = offset;
  }

  #end(id: string, isCommit: boolean): void {
    const { pending, producer, transactions } = this.#of(id);
    if (pending.values.length === 0 && pending.offset === null) return;
    const [first, second] = this.#decided.values;
    const of = (partition: number) => pending.values.flatMap(([value, p]) => (p === partition ? value : []));
    const offsets = {
      ...this.#decided.offsets,
      ...(pending.offset === null ? {} : { [id]: pending.offset }),
    };
    const committed: Decided = {
      values: [
        [...first, ...of(0)],
        [...second, ...of(1)],
      ],
      offsets,
    };
    this.#write(
      () => expect(transactions.end(id, producer, isCommit)).toBe(ErrorCode.NONE),
      isCommit ? committed : this.#decided,
    );
    this.#pending.delete(id);
  }
}

/** Every state of the files on the way from before a write to after it: first the journal's first entry, then the logs, then the rest. */
function* cuts(written: Buffer, { before, after, undecided, decided }: Write) {
  const [journal = 0, one = 0, other = 0] = before;
  const [journalAfter = 0, oneAfter = 0, otherAfter = 0] = after;
  const entryEnd = journalAfter === journal ? journal : journal + ENTRY_HEAD + written.readUInt32BE(journal);
  for (let at = journal; at < entryEnd; at++) yield { sizes: [at, one, other], expected: undecided };
  for (let at = one; at < oneAfter; at++) yield { sizes: [entryEnd, at, other], expected: decided };
  for (let at = other; at < otherAfter; at++) yield { sizes: [entryEnd, oneAfter, at], expected: decided };
  for (let at = entryEnd; at <= journalAfter; at++)
    yield { sizes: [at, oneAfter, otherAfter], expected: decided };
}

function check(folder: string, expected: Decided): void {
  const opened = open(folder);
  try {
    const { topics, groups, transactions } = opened;
    for (const { partitions } of topics.all())
      for (const log of partitions) expect(log.openTransactions().length).toBeLessThanOrEqual(IDS.length);
    for (const id of IDS) expect(transactions.init(id, 60_000, null).error).toBe(ErrorCode.NONE);
    for (const partition of [0, 1]) {
      const log = topics.partition('topic', partition);
      expect(log && committedValues(log).sort()).toEqual([...(expected.values[partition] ?? [])].sort());
      expect(log?.lastStableOffset).toBe(log?.endOffset);
    }
    for (const id of IDS) expect(groups.offsets.get(id, 'topic', 0)?.offset).toBe(expected.offsets[id]);
  } finally {
    opened.close();
  }
}

test('a crash at any byte leaves whole transactions, and those that are decided', {
  timeout: 120_000 + 3_000_000 / STRIDE,
}, () => {
  console.log(`RESTART_SEED=${SEED} RESTART_STRIDE=${STRIDE}`);
  const folder = testFolder();
  const whole = `${folder}/whole`;
  const opened = open(whole);
  expect(opened.topics.create('topic', 2, {}, NOW)).toBeDefined();
  const worker = new Worker(opened, whole, mulberry32(SEED));
  for (const id of IDS) worker.init(id);
  for (let i = 0; i < ACTS; i++) worker.act();
  cpSync(whole, `${folder}/crashed`, { recursive: true });
  opened.close();
  const written = readFileSync(`${folder}/crashed/journal`);
  let count = 0;
  let checked = 0;
  for (const write of worker.writes) {
    for (const { sizes, expected } of cuts(written, write)) {
      if (count++ % STRIDE !== 0) continue;
      const copy = `${folder}/copy`;
      cpSync(`${folder}/crashed`, copy, { recursive: true });
      for (const [index, file] of FILES(copy).entries()) truncateSync(file, sizes[index]);
      check(copy, expected);
      rmSync(copy, { recursive: true });
      checked++;
    }
  }
  console.log(`${checked} of ${count} states`);
});
