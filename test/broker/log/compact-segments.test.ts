// A pass over the segments of a log: which it compacts, which records it keeps, and where it ends.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { BATCH_HEADER, readHeader } from '../../../src/broker/log/record-batch.ts';
import { testFolder } from '../running-broker.ts';
import {
  allSealed,
  append,
  appendLeaving,
  CONFIG,
  compact,
  expectLatest,
  filesOf,
  fill,
  goOn,
  latestOf,
  NOW,
  open,
  QUIET,
  readAll,
  type Seen,
} from './a-compacted-log.ts';

test('a pass frees what is obsolete, and a log that is new by less than the ratio is left alone', async () => {
  const folder = testFolder();
  const log = open(folder, { minCleanableDirtyRatio: 0.5 });
  const all = fill(log);
  const before = log.bytes;
  await compact(log, folder);
  expect(log.bytes).toBeLessThan(before / 4);
  expectLatest(log, all, 'kept');
  const cleaned = log.bytes;
  await compact(log, folder);
  expect(log.bytes).toBe(cleaned);
  log.close();
});

test('a pass that has memory for a few keys does its part, and the next ones the rest', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all: Seen[] = [];
  for (let round = 0; round < 40; round++) {
    const records = [0, 1].map((n) => ({ key: `key ${(round * 2 + n) % 8}`, value: `${round}`.repeat(60) }));
    const base = append(log, records);
    all.push(...records.map((record, index) => ({ ...record, offset: base + index })));
  }
  await allSealed(folder);
  const sizes = [log.bytes];
  for (let pass = 0; pass < 40; pass++) {
    await log.compact(NOW, goOn, 5);
    expectLatest(log, all, 'kept');
    sizes.push(log.bytes);
  }
  const passes = new Set(sizes).size - 1;
  expect(passes).toBeGreaterThan(2);
  log.close();
  const whole = open(folder);
  await compact(whole, folder);
  expect(whole.bytes).toBe(sizes.at(-1));
  whole.close();
});

test('what is new for as long as the topic lets it wait is compacted, whatever its share', async () => {
  const folder = testFolder();
  const log = open(folder, { minCleanableDirtyRatio: 1, maxCompactionLagMs: 60_000 });
  fill(log);
  await compact(log, folder);
  const cleaned = log.bytes;
  fill(log, 10);
  const before = log.bytes;
  expect(before).toBeGreaterThan(cleaned);
  await compact(log, folder, NOW + 59_999);
  expect(log.bytes).toBe(before);
  await compact(log, folder, NOW + 60_000);
  expect(log.bytes).toBeLessThan(before);
  log.close();
});

test('segments of which little is left become one, up to the size of a segment', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all: Seen[] = [];
  appendLeaving(log, all, 40);
  expect(filesOf(folder, '.log')).toHaveLength(40);
  await compact(log, folder, NOW + 1000);
  appendLeaving(log, all, 1);
  const readBefore = log.read(0, 4_000, false);
  await compact(log, folder, NOW + 1000);
  expect(filesOf(folder, '.log').length).toBeLessThan(10);
  for (const name of filesOf(folder, '.log'))
    expect(statSync(`${folder}/${name}`).size).toBeLessThanOrEqual(CONFIG.segmentBytes);
  expect(readHeader(readBefore, 0).baseOffset).toBe(0);
  const check = (one: PartitionLog) => {
    expectLatest(one, all, 'kept');
    for (let offset = 0; offset < 80; offset += 2) {
      expect(one.findTime(NOW + offset)).toEqual({ offset, timestamp: NOW + offset });
      expect(readHeader(one.read(offset, 1, false), 0).baseOffset).toBe(offset);
    }
  };
  check(log);
  log.close();
  const again = open(folder);
  check(again);
  again.close();
});

test('a pass that is ended, and a log that is closed meanwhile, lose nothing', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 400_000 });
  for (let n = 0; n < 100; n++) append(log, [{ key: `${n % 3}`, value: 'x'.repeat(100_000) }]);
  const keysOf = (one: PartitionLog) =>
    [...latestOf(readAll(one)).values()].map(({ key, offset }) => `${key} ${offset}`).toSorted();
  const expected = keysOf(log);
  expect(expected).toEqual(['0 99', '1 97', '2 98']);
  await log.compact(NOW, async () => true);
  expect(keysOf(log)).toEqual(expected);
  const running = log.compact(NOW, () => new Promise((resolve) => setTimeout(() => resolve(false), 5)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  log.close();
  await running.catch(() => {});
  const again = open(folder);
  expect(keysOf(again)).toEqual(expected);
  again.close();
});

test('a pass ends at a batch that has rotten, and gives it no right CRC', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 400 });
  for (let i = 0; i < 40; i++) append(log, [{ key: 'a', value: `value ${i}` }]);
  await allSealed(folder);
  const [, name = ''] = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .sort();
  const rotten = readFileSync(`${folder}/${name}`);
  rotten[BATCH_HEADER + 8] = (rotten[BATCH_HEADER + 8] ?? 0) ^ 1;
  writeFileSync(`${folder}/${name}`, rotten);
  const said = vi.fn();
  log.close();
  const again = new PartitionLog(
    folder,
    'topic-0',
    { ...CONFIG, segmentBytes: 400 },
    { ...QUIET, error: said },
    NOW,
  );
  for (let pass = 0; pass < 2; pass++) await again.compact(NOW, goOn);
  expect(readFileSync(`${folder}/${name}`)).toEqual(rotten);
  expect(said.mock.calls).toEqual([
    [
      {
        partition: 'topic-0',
        error: expect.objectContaining({
          message: expect.stringContaining(`${name}: the batch at byte 0 has a wrong CRC`),
        }),
      },
      expect.stringContaining('cannot compact'),
    ],
  ]);
  expect(again.endOffset).toBe(40);
  again.close();
});
