// Compaction of a log that is written in transactions: whatever comes in between, a reader of committed records finds the last committed
// value of each key, and nothing that was aborted or is open. Compared with a plain list.

import { cpSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { forEachRecord } from '../../../src/broker/log/record.ts';
import {
  BATCH_HEADER,
  batchSize,
  isControl,
  nextOffset,
  readHeader,
} from '../../../src/broker/log/record-batch.ts';
import { topicConfig } from '../../../src/broker/log/topic-config.ts';
import { parseOptions } from '../../../src/broker/options.ts';
import { eventually } from '../../support/eventually.ts';
import { batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';
import { crashesOf } from './crashes.ts';

const NOW = 1_700_000_000_000;
const TRANSACTIONAL = 1 << 4;
const LONG = 365 * 86_400_000;
const QUIET = parseOptions({ dataDir: '/nowhere' });
const CONFIG = topicConfig(
  {
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0',
    'delete.retention.ms': '1000',
    'retention.ms': '-1',
  },
  QUIET,
);

const open = (folder: string) =>
  new PartitionLog(folder, 'topic-0', { ...CONFIG, segmentBytes: 600 }, QUIET.log, NOW);

type Written = {
  readonly key: string;
  readonly value: string | null;
  readonly offset: number;
  readonly producerId: number;
  fate: 'open' | 'committed' | 'aborted';
};

const anyRecord = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  value: fc.option(fc.constantFrom('x', 'y'.repeat(50)), { freq: 4 }),
});
const anyStep = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      producer: fc.integer({ min: 0, max: 3 }), // 0 writes outside of transactions
      records: fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      producer: fc.integer({ min: 1, max: 3 }),
      isCommit: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('compact' as const), isLate: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
);

class Life {
  readonly #root: string;
  #folder: string;
  #crashes = 0;
  log: PartitionLog;
  readonly written: Written[] = [];
  readonly #sequences = new Map<number, number>();

  constructor(folder: string) {
    this.#root = folder;
    this.#folder = `${folder}/0`;
    this.log = open(this.#folder);
  }

  append(producerId: number, records: readonly { key: string; value: string | null }[]): void {
    const sequence = this.#sequences.get(producerId) ?? 0;
    const isPlain = producerId === 0;
    const bytes = batch({
      keys: records.map(({ key }) => key),
      values: records.map(({ value }) => value),
      timestamps: records.map(() => NOW),
      ...(isPlain ? {} : { producerId, epoch: 0, sequence, attributes: TRANSACTIONAL }),
    });
    this.#sequences.set(producerId, sequence + records.length);
    const base = this.log.append(bytes, readHeader(bytes, 0), NOW);
    const fate = isPlain ? 'committed' : 'open';
    this.written.push(
      ...records.map((record, i) => ({ ...record, offset: base + i, producerId, fate }) as Written),
    );
  }

  end(producerId: number, isCommit: boolean): void {
    this.log.endTransaction(producerId, 0, isCommit, NOW);
    for (const record of this.written)
      if (record.producerId === producerId && record.fate === 'open')
        record.fate = isCommit ? 'committed' : 'aborted';
  }

  async compact(isLate: boolean, now = isLate ? NOW + LONG : NOW): Promise<void> {
    const count = (end: string) => readdirSync(this.#folder).filter((name) => name.endsWith(end)).length;
    // Segments whose seal is on its way to the disk would wait for the next pass.
    await eventually(() => count('.seal') >= count('.log') - 1);
    await this.log.compact(now, async () => false);
  }

  reopen(): void {
    this.log.close();
    this.log = open(this.#folder);
  }

  /** The folders that a crash would leave at each step of two passes, with records that go in between. */
  async crashesOfPasses(): Promise<string[]> {
    return crashesOf(this.#folder, async () => {
      await this.compact(false);
      for (let i = 0; i < 12; i++) this.append(0, [{ key: 'goes', value: String(i) }]);
      await this.compact(true);
    });
  }

  /** Goes on from a folder that a crash has left. */
  goOnFrom(folder: string): void {
    this.log.close();
    this.#folder = folder;
    this.log = open(folder);
  }

  /** The files as they are, without what closing writes. */
  crash(): void {
    const copy = `${this.#root}/${++this.#crashes}`;
    cpSync(this.#folder, copy, { recursive: true });
    this.log.close();
    this.#folder = copy;
    this.log = open(copy);
  }

  /** Offsets, keys and values as a client of read_committed sees them: the aborted are told by the broker, batch by batch. */
  committed(): { key: string; value: string | null; offset: number }[] {
    const seen: { key: string; value: string | null; offset: number }[] = [];
    const end = this.log.lastStableOffset;
    for (let next = this.log.startOffset; next < end; ) {
      const records = this.log.read(next, 500, false, end);
      if (records.length === 0) break;
      let last = 0;
      for (let at = 0; at < records.length; at += batchSize(records, at)) last = at;
      const aborting = [...this.log.abortedWithin(next, nextOffset(records, last))];
      const hidden = new Set<number>();
      for (let at = 0; at < records.length; at += batchSize(records, at)) {
        const header = readHeader(records, at);
        next = nextOffset(records, at);
        while ((aborting[0]?.firstOffset ?? Number.POSITIVE_INFINITY) <= header.lastOffset)
          hidden.add(aborting.shift()?.producerId ?? -1);
        if (isControl(header)) hidden.delete(header.producerId);
        if (isControl(header) || ((header.attributes & TRANSACTIONAL) !== 0 && hidden.has(header.producerId)))
          continue;
        const body = records.subarray(at + BATCH_HEADER, at + header.size);
        forEachRecord(body, header.records, ({ key, value, offsetDelta }) =>
          seen.push({
            key: String(key),
            value: value === undefined ? null : String(value),
            offset: header.baseOffset + offsetDelta,
          }),
        );
      }
    }
    return seen;
  }

  check(): void {
    const firstOpen = this.written.find(({ fate }) => fate === 'open')?.offset;
    expect(this.log.lastStableOffset).toBe(firstOpen ?? this.log.endOffset);
    const stable = this.log.lastStableOffset;
    const right = this.written.filter(({ fate, offset }) => fate === 'committed' && offset < stable);
    const seen = this.committed();
    const byOffset = new Map(right.map(({ key, value, offset }) => [offset, { key, value, offset }]));
    expect(seen).toEqual(seen.map(({ offset }) => byOffset.get(offset)));
    const latest = (records: readonly { key: string; value: string | null; offset: number }[]) =>
      new Map(records.map(({ key, value, offset }) => [key, { value, offset }]));
    const left = latest(seen);
    for (const [key, record] of latest(right)) {
      if (record.value !== null) expect(left.get(key)).toEqual(record);
      else expect([record, undefined]).toContainEqual(left.get(key));
    }
  }
}

test('readers of committed records find the last committed value of each key, whatever comes in between', {
  timeout: 120_000,
}, async () => {
  const lives = fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), async (steps) => {
    const life = new Life(testFolder());
    for (const step of steps) {
      if (step.kind === 'append') life.append(step.producer, step.records);
      else if (step.kind === 'end') life.end(step.producer, step.isCommit);
      else if (step.kind === 'compact') await life.compact(step.isLate);
      else if (step.kind === 'reopen') life.reopen();
      else life.crash();
      if (step.kind !== 'append' && step.kind !== 'end') life.check();
    }
    life.check();
    life.log.close();
  });
  await fc.assert(lives, { numRuns: 25 });
});

test('what was aborted goes with its records, and a marker goes once its transaction has none left', async () => {
  const life = new Life(testFolder());
  life.append(1, [{ key: 'a', value: 'committed' }]);
  life.end(1, true);
  life.append(2, [{ key: 'a', value: 'aborted' }]);
  life.end(2, false);
  for (let i = 0; i < 20; i++) life.append(0, [{ key: 'b', value: String(i) }]);
  const before = life.log.bytes;
  await life.compact(false);
  life.check();
  expect(life.log.bytes).toBeLessThan(before);
  expect(life.log.abortedWithin(0, life.log.endOffset)).toHaveLength(1); // its marker stays as long as a tombstone
  life.reopen();
  expect(life.log.abortedWithin(0, life.log.endOffset)).toHaveLength(1);
  life.append(3, [{ key: 'a', value: 'later' }]);
  life.end(3, true);
  for (let i = 0; i < 20; i++) life.append(0, [{ key: 'b', value: String(i) }]);
  const markers = () => {
    const found = [];
    for (let next = 0; next < life.log.endOffset; ) {
      const records = life.log.read(next, 1, false);
      const header = readHeader(records, 0);
      if (isControl(header)) found.push(header.producerId);
      next = nextOffset(records, 0);
    }
    return found;
  };
  await life.compact(true);
  life.check();
  expect(life.log.abortedWithin(0, life.log.endOffset)).toEqual([]);
  expect(markers()).toEqual([1, 3]); // the first lost its last record in this pass
  for (let i = 0; i < 20; i++) life.append(0, [{ key: 'b', value: String(i) }]);
  await life.compact(true, NOW + LONG + 1000);
  life.check();
  expect(markers()).toEqual([3]);
  life.log.close();
});

test('a pass over transactions that is cut off at any step shows no aborted record, and loses no committed one', async () => {
  const life = new Life(testFolder());
  for (let round = 0; round < 4; round++) {
    const [producer, isCommit] = [1 + (round % 3), round % 2 === 0];
    life.append(producer, [{ key: `${isCommit ? 'stays' : 'aborted'} ${round}`, value: 'x'.repeat(50) }]);
    life.append(0, [{ key: 'goes', value: 'y'.repeat(300) }]);
    life.end(producer, isCommit);
    life.append(0, [{ key: 'goes', value: 'z'.repeat(300) }]);
  }
  const crashes = await life.crashesOfPasses();
  life.check();
  expect(crashes.length).toBeGreaterThan(20);
  for (const folder of crashes) {
    life.goOnFrom(folder);
    life.check();
    await life.compact(true);
    life.reopen();
    life.check();
  }
  life.log.close();
});
