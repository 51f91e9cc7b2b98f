// A start after a close in order reads no partition's files until they are asked for; whatever has happened to them, it loses
// and invents nothing.

import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { Journal } from '../../../src/broker/journal.ts';
import { batchSize, nextOffset, readHeader, TRANSACTIONAL } from '../../../src/broker/log/record-batch.ts';
import { Topics } from '../../../src/broker/log/topics.ts';
import { parseOptions } from '../../../src/broker/options.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { type BatchOptions, batch } from '../batch.ts';
import { testFolder } from '../running-broker.ts';
import { crashesOf } from './crashes.ts';

const NOW = 1_700_000_000_000;
const TOPIC = 'topic';

function open(folder: string) {
  const journal = new Journal(`${folder}/journal`);
  const topics = new Topics(`${folder}/topics`, journal, parseOptions({ dataDir: folder }), NOW);
  const partition = (index = 0) => {
    const log = topics.partition(TOPIC, index);
    if (log === undefined) throw new Error('no such partition');
    return log;
  };
  const append = (options: BatchOptions, index = 0) => {
    const bytes = batch(options);
    return partition(index).append(bytes, readHeader(bytes, 0), NOW);
  };
  const close = () => {
    topics.close();
    journal.close();
  };
  return { topics, journal, partition, append, close };
}

/** The values of a partition's single-record batches, found in its bytes. */
function valuesOf(state: ReturnType<typeof open>, index = 0): string[] {
  const log = state.partition(index);
  const values: string[] = [];
  for (let next = log.startOffset; next < log.endOffset; ) {
    const records = log.read(next, 1 << 20, false);
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      values.push(/value-\d+/.exec(records.toString('latin1', at, at + batchSize(records, at)))?.[0] ?? '');
      next = nextOffset(records, at);
    }
  }
  return values;
}

const openFiles = (folder: string) =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/topics/`);
    } catch {
      return false; // the one that lists them
    }
  }).length;

/** A folder with a topic of three partitions, five records in two of them, closed. */
function closedFolder(): string {
  const folder = testFolder();
  const state = open(folder);
  state.topics.create(TOPIC, 3, { 'segment.bytes': '1024' }, NOW);
  for (const index of [0, 1])
    for (let n = 0; n < 5; n++) state.append({ values: [`value-${n} ${'x'.repeat(300)}`] }, index);
  state.close();
  return folder;
}
const FIVE = ['value-0', 'value-1', 'value-2', 'value-3', 'value-4'];

test('no file of a partition is opened before it is asked for, and then all is as it was', () => {
  const folder = closedFolder();
  const state = open(folder);
  expect(openFiles(folder)).toBe(0);
  expect(state.partition().endOffset).toBe(5);
  expect(valuesOf(state)).toEqual(FIVE);
  expect(openFiles(folder)).toBeGreaterThan(0);
  expect(state.append({ values: ['value-5'] })).toBe(5);
  expect(state.append({ values: ['value-0'] }, 2)).toBe(0);
  const again = state.partition().findTime(NOW);
  expect(again?.offset).toBe(0);
  state.close();
  const next = open(folder);
  expect([valuesOf(next), valuesOf(next, 1), valuesOf(next, 2)]).toEqual([
    [...FIVE, 'value-5'],
    FIVE,
    ['value-0'],
  ]);
  next.close();
});

test('a crash at any step of a close, and of the start after it, loses nothing', async () => {
  const folder = closedFolder();
  const copies = await crashesOf(folder, async () => {
    const state = open(folder);
    state.append({ values: ['value-5'] });
    state.close();
    const next = open(folder);
    next.append({ values: ['value-6'] });
    next.close();
  });
  expect(copies.length).toBeGreaterThan(8);
  let longest = 0;
  for (const copy of copies) {
    const state = open(copy);
    const values = valuesOf(state);
    expect(values).toEqual([...FIVE, 'value-5', 'value-6'].slice(0, values.length));
    expect(values.length).toBeGreaterThanOrEqual(longest); // none that an earlier crash would have left
    longest = values.length;
    expect(valuesOf(state, 1)).toEqual(FIVE);
    expect(state.append({ values: ['value-9'] })).toBe(values.length);
    state.close();
    rmSync(copy, { recursive: true });
  }
  expect(longest).toBe(7);
});

test('what was known at the close is not believed of another log', () => {
  const folder = closedFolder();
  cpSync(`${folder}/topics.closed`, `${folder}/kept`);
  const state = open(folder);
  state.append({ values: ['value-5'] });
  state.topics.create('other', 1, {}, NOW);
  state.close();
  cpSync(`${folder}/kept`, `${folder}/topics.closed`);
  const later = open(folder);
  expect(valuesOf(later)).toEqual([...FIVE, 'value-5']);
  later.close();
});

test.each([
  [
    'damaged',
    (file: string) =>
      writeFileSync(file, readFileSync(file, 'latin1').replace('topic-0', 'topic-7'), 'latin1'),
  ],
  ['cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 40))],
  ['empty', (file: string) => writeFileSync(file, '')],
])('a file of closed logs that is %s is not believed', (_, spoil) => {
  const folder = closedFolder();
  spoil(`${folder}/topics.closed`);
  const state = open(folder);
  expect(existsSync(`${folder}/topics.closed`)).toBe(false);
  expect([valuesOf(state), valuesOf(state, 1)]).toEqual([FIVE, FIVE]);
  state.close();
});

test('a partition whose files were changed is recovered, and the others are not read', () => {
  const folder = closedFolder();
  const last = readdirSync(`${folder}/topics/topic-0`)
    .filter((name) => name.endsWith('.log'))
    .at(-1);
  appendFileSync(`${folder}/topics/topic-0/${last}`, 'torn');
  rmSync(`${folder}/topics/topic-1`, { recursive: true });
  const state = open(folder);
  expect(valuesOf(state)).toEqual(FIVE);
  expect(state.append({ values: ['value-5'] })).toBe(5);
  expect(state.append({ values: ['value-0'] }, 1)).toBe(0);
  state.close();
});

test('where a seal is gone the log is searched by a new scan, with what was aborted', () => {
  const folder = testFolder();
  const first = open(folder);
  first.topics.create(TOPIC, 1, { 'segment.bytes': '1024' }, NOW);
  const transactional = { producerId: 1, epoch: 0, attributes: TRANSACTIONAL };
  for (let n = 0; n < 5; n++)
    first.append({ ...transactional, sequence: n, values: [`value-${n} ${'x'.repeat(300)}`] });
  first.partition().endTransaction(1, 0, false, NOW);
  const aborted = first.partition().abortedWithin(0, 6);
  expect(aborted).toEqual([{ producerId: 1, firstOffset: 0, lastOffset: 5, lastStableOffset: 6 }]);
  first.close();
  for (const name of readdirSync(`${folder}/topics/topic-0`))
    if (name.endsWith('.seal')) rmSync(`${folder}/topics/topic-0/${name}`);
  const state = open(folder);
  expect(openFiles(folder)).toBe(0);
  expect(state.partition().abortedWithin(0, 6)).toEqual(aborted);
  expect(valuesOf(state).slice(0, 5)).toEqual(FIVE);
  state.close();
});

test('after a kill only what was written since the last checks is scanned', async () => {
  const folder = closedFolder();
  const state = open(folder);
  state.append({ values: ['value-5'] });
  state.topics.retain(NOW, 0);
  state.topics.retain(NOW, 0);
  const names = (index: number, end: string) =>
    readdirSync(`${folder}/topics/topic-${index}`).filter((name) => name.endsWith(end));
  await expect
    .poll(() => names(0, '.seal'))
    .toEqual(names(0, '.log').map((name) => name.replace('log', 'seal')));
  state.append({ values: ['value-6'] }, 1);
  const copy = `${folder}~killed`;
  cpSync(folder, copy, { recursive: true });
  state.close();
  for (const index of [0, 1]) {
    const file = `${copy}/topics/topic-${index}/${names(index, '.log').at(-1)}`;
    const bytes = readFileSync(file);
    bytes.writeUInt8(1, bytes.length - 1); // a header of a record: only a scan sees that
    writeFileSync(file, bytes);
  }
  const killed = open(copy);
  expect([valuesOf(killed), valuesOf(killed, 1)]).toEqual([[...FIVE, 'value-5'], FIVE]);
  killed.close();
  rmSync(copy, { recursive: true });
});

test('a close on a full disk loses nothing, and the next start reads what could not be sealed', ({
  skip,
}) => {
  const disk = smallDisk(4);
  if (disk === undefined) return skip('no right to mount a tmpfs');
  const { folder } = disk;
  const state = open(folder);
  state.topics.create(TOPIC, 1, {}, NOW);
  for (let n = 0; n < 5; n++) state.append({ values: [`value-${n}`] });
  disk.fill();
  state.close();
  expect(existsSync(`${folder}/topics.closed`)).toBe(false);
  const full = open(folder);
  expect(valuesOf(full)).toEqual(FIVE);
  disk.empty();
  full.append({ values: ['value-5'] });
  full.close();
  const next = open(folder);
  expect(valuesOf(next)).toEqual([...FIVE, 'value-5']);
  next.close();
});
