import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { expect, test, vi } from 'vitest';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { judge } from '../../../src/broker/log/producers.ts';
import { batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import type { TopicConfig } from '../../../src/broker/log/topic-config.ts';
import type { BrokerLog } from '../../../src/broker/options.ts';
import { writeInt64 } from '../../../src/broker/wire/int64.ts';
import { failing } from '../failing-disk.ts';
import { type BatchOptions, batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';

const CONFIG: TopicConfig = {
  segmentBytes: 1 << 20,
  segmentMs: 1e9,
  retentionMs: -1,
  retentionBytes: -1,
  maxMessageBytes: 1 << 20,
  isCompacted: false,
  isAppendTimed: false,
  isDeleted: true,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: 2 ** 63,
  flushMessages: 2 ** 63,
  timestampBeforeMaxMs: 2 ** 63,
  timestampAfterMaxMs: 3_600_000,
  deleteRetentionMs: 86_400_000,
};
const nothing = () => {};
const QUIET: BrokerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const NOW = 1_700_000_000_000;

function open(folder: string, config: Partial<TopicConfig> = {}, now = NOW): PartitionLog {
  return new PartitionLog(folder, 'topic-0', { ...CONFIG, ...config }, QUIET, now);
}

function append(log: PartitionLog, options: BatchOptions = {}, now = NOW): number {
  const bytes = batch(options);
  return log.append(bytes, readHeader(bytes, 0), now);
}

/** Base offsets of the batches from `offset` to the end of the log, read in steps of at most `maxBytes`. */
function baseOffsets(log: PartitionLog, offset: number, maxBytes = 1 << 20): number[] {
  const found: number[] = [];
  for (let next = offset; next < log.endOffset; ) {
    const records = log.read(next, maxBytes, false);
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      found.push(readHeader(records, at).baseOffset);
      next = nextOffset(records, at);
    }
  }
  return found;
}

const segments = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.log'));

test('every offset is found, whatever the limit, across segments', () => {
  const log = open(testFolder(), { segmentBytes: 20_000 });
  const bases: number[] = [];
  for (let i = 0; i < 300; i++) bases.push(append(log, { values: Array(1 + (i % 5)).fill(`value ${i}`) }));
  for (let offset = 0; offset < log.endOffset; offset++) {
    const holder = bases.findLastIndex((base) => base <= offset);
    const limit = offset % 2 === 0 ? 1 : 10_000;
    expect(readHeader(log.read(offset, limit, false), 0).baseOffset).toBe(bases[holder]);
  }
  expect(baseOffsets(log, 0, 5000)).toEqual(bases);
  expect(log.read(log.endOffset, 1000, false)).toHaveLength(0);
});

test('a topic of its own flush.messages is forced to the disk after so many records', () => {
  const log = open(testFolder(), { flushMessages: 3 });
  const sync = vi.spyOn(log, 'sync');
  const forced = [1, 1, 1, 2, 2].map((records) => {
    append(log, { values: Array(records).fill('value') });
    return sync.mock.calls.length;
  });
  expect(forced).toEqual([0, 0, 1, 1, 2]);
  log.close();
});

test('a strict read brings nothing rather than a batch over its limit', () => {
  const log = open(testFolder());
  append(log, { values: ['x'.repeat(1000)] });
  expect(log.read(0, 500, true)).toHaveLength(0);
  expect(log.read(0, 500, false).length).toBeGreaterThan(1000);
});

test('a log cut at every byte of its last batch recovers to the last whole batch', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log, { values: ['a', 'b'] });
  append(log, { values: ['c'] });
  const [name = ''] = segments(`${folder}/whole`);
  const { size: before } = statSync(`${folder}/whole/${name}`);
  append(log, { values: ['d', 'e', 'f'] });
  const { size: after } = statSync(`${folder}/whole/${name}`);
  for (let size = before; size <= after; size++) {
    const copy = `${folder}/cut-${size}`;
    cpSync(`${folder}/whole`, copy, { recursive: true });
    truncateSync(`${copy}/${name}`, size);
    const cut = open(copy);
    expect(cut.endOffset).toBe(size === after ? 6 : 3);
    expect(append(cut)).toBe(cut.endOffset - 1);
    expect(baseOffsets(cut, 0)).toEqual(size === after ? [0, 2, 3, 6] : [0, 2, 3]);
    cut.close();
  }
});

test('a changed byte anywhere in the last batch cuts it off', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log);
  const [name = ''] = segments(`${folder}/whole`);
  const { size: before } = statSync(`${folder}/whole/${name}`);
  append(log);
  const whole = readFileSync(`${folder}/whole/${name}`);
  for (let at = before; at < whole.length; at++) {
    if (at >= before + 12 && at < before + 16) continue; // the leader epoch is outside of the checksum
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x40, at);
    cpSync(`${folder}/whole`, `${folder}/damaged`, { recursive: true });
    writeFileSync(`${folder}/damaged/${name}`, damaged);
    const cut = open(`${folder}/damaged`);
    expect(cut.endOffset, `byte ${at}`).toBe(1);
    cut.close();
    rmSync(`${folder}/damaged`, { recursive: true });
  }
});

test('what a start cuts off a segment is kept beside it and said: at error level where it is damage, not a torn tail', () => {
  const folder = testFolder();
  const log = open(`${folder}/whole`);
  append(log);
  const [name = ''] = segments(`${folder}/whole`);
  const { size: at } = statSync(`${folder}/whole/${name}`);
  for (let i = 0; i < 3; i++) append(log, { values: [`value ${i}`] });
  const whole = readFileSync(`${folder}/whole/${name}`);
  const rotten = Buffer.from(whole);
  rotten[at + 70] = 0xff;
  for (const [level, left] of [
    ['error', rotten],
    ['warn', whole.subarray(0, at + 65)],
    ['warn', Buffer.concat([whole.subarray(0, at), Buffer.alloc(4096)])],
  ] as const) {
    const copy = `${folder}/${level}-${left.length}`;
    cpSync(`${folder}/whole`, copy, { recursive: true });
    writeFileSync(`${copy}/${name}`, left);
    const said = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const cut = new PartitionLog(copy, 'topic-0', CONFIG, said, NOW);
    const other = level === 'warn' ? 'error' : 'warn';
    expect(said[other]).not.toHaveBeenCalled();
    const [details] = said[level].mock.calls[0] ?? [];
    expect(details).toMatchObject({ file: `${copy}/${name}`, at, cut: left.length - at });
    expect(readFileSync(details.kept)).toEqual(left.subarray(at));
    expect(cut.endOffset).toBe(1);
    cut.close();
    open(copy).close(); // which has nothing to say of what was kept
  }
});

test('a log that was closed in order is opened by its seals alone', () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 500 });
  for (let i = 0; i < 20; i++) append(log, { timestamps: [NOW + i] });
  log.close();
  for (const name of segments(folder)) {
    const bytes = readFileSync(`${folder}/${name}`);
    writeFileSync(`${folder}/${name}`, Buffer.alloc(bytes.length)); // a scan would find nothing
  }
  const again = open(folder);
  expect(again.endOffset).toBe(20);
  expect(() => again.read(0, 1000, false)).toThrow('damaged log');
});

test('a closed segment whose seal a crash took is scanned once, and sealed again', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 2000 });
  for (let i = 0; i < 60; i++) append(log, { values: [`value ${i}`], producerId: 7, epoch: 0, sequence: i });
  log.close();
  const seals = () => readdirSync(folder).filter((name) => name.endsWith('.seal'));
  const before = seals();
  const [first = '', second = ''] = before;
  const whole = readFileSync(`${folder}/${second}`);
  for (const name of [first, second]) rmSync(`${folder}/${name}`);
  const again = open(folder, { segmentBytes: 2000 });
  await expect.poll(seals).toEqual(before);
  const sealOf = (bytes: Buffer) => {
    const { producers, ...rest } = JSON.parse(bytes.toString('utf8', 12, 12 + bytes.readUInt32BE(8)));
    return { ...rest, batches: producers[0].batches };
  };
  expect(sealOf(readFileSync(`${folder}/${second}`))).toEqual(sealOf(whole));
  again.close();
});

test('a seal that does not fit its log is not believed', () => {
  const folder = testFolder();
  const log = open(folder);
  append(log);
  append(log);
  log.close();
  const [name = ''] = segments(folder);
  const file = `${folder}/${name}`;
  truncateSync(file, statSync(file).size - 1);
  expect(open(folder).endOffset).toBe(1);
});

test('an append after an orderly restart takes the seal away', () => {
  const folder = testFolder();
  const first = open(folder);
  append(first);
  first.close();
  const second = open(folder);
  append(second); // and no close, as after a crash
  expect(open(folder).endOffset).toBe(2);
});

test('idempotent producers keep their sequence over a restart, in order or not', () => {
  for (const inOrder of [true, false]) {
    const folder = testFolder();
    const log = open(folder, { segmentBytes: 300 });
    for (let sequence = 0; sequence < 8; sequence++) append(log, { producerId: 7, epoch: 0, sequence });
    if (inOrder) log.close();
    const { producers } = open(folder, { segmentBytes: 300 });
    const verdict = (sequence: number) =>
      judge(producers.get(7), readHeader(batch({ producerId: 7, epoch: 0, sequence }), 0));
    expect(verdict(8)).toEqual({ kind: 'append' });
    expect(verdict(7)).toEqual({ kind: 'duplicate', baseOffset: 7 });
    expect(verdict(9)).toMatchObject({ kind: 'refuse' });
  }
});

test('segments past the retention time go, and the log starts later', () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 300, retentionMs: 1000 });
  for (let i = 0; i < 10; i++) append(log, { timestamps: [NOW + i * 500] });
  const before = segments(folder).length;
  log.retain(NOW + 3100);
  expect(segments(folder).length).toBeLessThan(before);
  expect(log.startOffset).toBeGreaterThan(0);
  expect(log.startOffset).toBeLessThanOrEqual(5); // the record of 2,500 is young enough
  expect(baseOffsets(log, log.startOffset).at(-1)).toBe(9);
  log.close();
  expect(open(folder).startOffset).toBe(log.startOffset);
});

test('when everything is past its time the log is empty, and its offsets go on', () => {
  const folder = testFolder();
  const log = open(folder, { retentionMs: 1000 });
  for (let i = 0; i < 5; i++) append(log);
  log.retain(NOW + 5000);
  expect({ start: log.startOffset, end: log.endOffset }).toEqual({ start: 5, end: 5 });
  log.close();
  const again = open(folder);
  expect({ start: again.startOffset, end: again.endOffset }).toEqual({ start: 5, end: 5 });
  expect(append(again)).toBe(5);
});

test('the oldest segments go while the partition is larger than its retention in bytes', () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 300, retentionBytes: 1000 });
  for (let i = 0; i < 40; i++) append(log);
  log.retain(NOW);
  expect(log.bytes).toBeGreaterThanOrEqual(1000);
  expect(log.bytes).toBeLessThan(1000 + 300);
});

test('a segment is closed at its age', () => {
  const folder = testFolder();
  const log = open(folder, { segmentMs: 1000 });
  append(log, {}, NOW);
  append(log, {}, NOW + 999);
  expect(segments(folder)).toHaveLength(1);
  append(log, {}, NOW + 1000);
  expect(segments(folder)).toHaveLength(2);
});

test('a time is found across segments, and beyond the last record there is none', () => {
  const log = open(testFolder(), { segmentBytes: 300 });
  for (let i = 0; i < 50; i++) append(log, { timestamps: [NOW + i * 10] });
  for (let i = 0; i < 50; i++) {
    expect(log.findTime(NOW + i * 10 - 3)).toEqual({ offset: i, timestamp: NOW + i * 10 });
  }
  expect(log.findTime(NOW + 491)).toBeNull();
});

test('records whose times do not rise are found by the first that is late enough', () => {
  const log = open(testFolder());
  for (const at of [100, 50, 300, 200]) append(log, { timestamps: [NOW + at] });
  expect(log.findTime(NOW + 60)?.offset).toBe(0);
  expect(log.findTime(NOW + 150)?.offset).toBe(2);
});

test('a record is read where the log ends, whatever a failed append has left behind that', () => {
  const folder = testFolder();
  const log = open(folder);
  append(log);
  appendFileSync(`${folder}/${segments(folder)[0]}`, 'torn');
  append(log);
  expect(baseOffsets(log, 0)).toEqual([0, 1]);
  expect(baseOffsets(open(folder), 0)).toEqual([0, 1]);
});

test('after a failed fsync nothing is taken, not even as a repetition, until a restart has looked', () => {
  const folder = testFolder();
  const log = open(folder, { flushMessages: 1 });
  append(log);
  failing(['fdatasyncSync'], () => {
    expect(() => append(log)).toThrow('EIO');
  });
  expect(() => append(log)).toThrow('an fsync has failed');
  expect(() => log.requireDisk()).toThrow('an fsync has failed');
  expect(() => log.sync()).toThrow('an fsync has failed');
  const again = open(folder, { flushMessages: 1 });
  expect(append(again)).toBe(2);
});

test('records without a time are as old as their file, and not older than any retention', () => {
  const log = open(testFolder(), { retentionMs: 60_000 }, Date.now());
  const bytes = batch();
  writeInt64(bytes, -1, 27);
  writeInt64(bytes, -1, 35);
  log.append(bytes, readHeader(bytes, 0), Date.now());
  log.retain(Date.now());
  expect(baseOffsets(log, log.startOffset)).toEqual([0]);
  log.retain(Date.now() + 120_000);
  log.retain(Date.now() + 120_000);
  expect(log.startOffset).toBe(1);
});

test('a segment ends before its offsets outgrow its index, as a packed batch may claim any number', () => {
  const folder = testFolder();
  const log = open(folder);
  const claim = (records: number) => {
    const bytes = batch();
    bytes.writeInt32BE(records - 1, 23);
    bytes.writeInt32BE(records, 57);
    return log.append(bytes, readHeader(bytes, 0), NOW);
  };
  const most = 2 ** 31 - 1;
  const bases = [claim(most), claim(most), claim(most), claim(1)];
  expect(bases).toEqual([0, most, 2 * most, 3 * most]);
  expect(segments(folder)).toHaveLength(4);
  expect(log.close()).toBeDefined();
});

test('a start removes seals that were not finished, or whose segment is gone', () => {
  const folder = testFolder();
  append(open(folder));
  writeFileSync(`${folder}/${'0'.repeat(20)}.seal.new`, 'half');
  writeFileSync(`${folder}/${'9'.padStart(20, '0')}.seal`, 'of a segment that retention has deleted');
  expect(baseOffsets(open(folder), 0)).toEqual([0]);
  expect(readdirSync(folder)).toEqual([`${'0'.repeat(20)}.log`]);
});
