import { appendFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { writeInt64 } from '../../../src/broker/wire/int64.ts';
import { failing } from '../failing-disk.ts';
import { batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';
import { append, baseOffsets, NOW, open, segments } from './a-log.ts';

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
