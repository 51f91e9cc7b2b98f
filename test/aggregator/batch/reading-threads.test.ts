// Real threads that read the stretches of one file.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ReadingThreads, type ReadStretch } from '../../../src/aggregator/batch/reading-threads.ts';
import type { StretchFile, StretchPlace } from '../../../src/aggregator/batch/stretch.ts';
import { afterFile } from '../../support/after-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const HEADER = 'owner,sheets\n';
const ROW_BYTES = 'o12,0012\n'.length;

/** A file of rows of one length, each with its number. */
function fileOf(rows: number): StretchFile {
  const file = path.join(temporaryFolder(), 'rows.csv');
  const text = Array.from({ length: rows }, (_, row) => {
    const [owner, number] = [String(row % 7).padStart(2, '0'), String(row).padStart(4, '0')];
    return `o${owner},${number}\n`;
  });
  writeFileSync(file, HEADER + text.join(''));
  const plan = { group: [0], periods: [], fields: [1], carried: [] };
  return { path: file, names: ['owner', 'sheets'], plan, columns: Int32Array.of(0, 1), most: 100 };
}

const placesOf = (stretches: number, rows: number): StretchPlace[] =>
  Array.from({ length: stretches }, (_, at) => {
    const from = HEADER.length + at * rows * ROW_BYTES;
    return { from, end: at === stretches - 1 ? Number.POSITIVE_INFINITY : from + rows * ROW_BYTES };
  });

function threadsOf(count: number): ReadingThreads {
  const threads = new ReadingThreads(count);
  afterFile(() => threads.close());
  return threads;
}

const NOTHING_TOLD = () => new Uint8Array(0);
const linesOf = ({ stretch }: ReadStretch) => stretch.next.line - 1;

it('stretches come in the order of the file, with the place that was asked for and the thread that has read them', async () => {
  const threads = threadsOf(3);
  expect(threads.count).toBe(3);
  const places = placesOf(11, 20);
  const read: ReadStretch[] = [];
  for await (const one of threads.read(fileOf(11 * 20), places, NOTHING_TOLD)) read.push(one);
  expect(read.map(({ place }) => place)).toEqual(places);
  expect(read.map(({ stretch }) => stretch.begin)).toEqual(places.map(({ from }) => from));
  expect(read.map(linesOf)).toEqual(Array(11).fill(20));
  // The first three are asked for before any of them is read.
  expect(read.slice(0, 3).map(({ thread }) => thread)).toEqual([0, 1, 2]);
  for (const { thread } of read) expect([0, 1, 2]).toContain(thread);
});

it('a thread is asked for at most two stretches that are not taken yet', async () => {
  const threads = threadsOf(2);
  let asked = 0;
  function* places() {
    for (const place of placesOf(12, 10)) {
      asked += 1;
      yield place;
    }
  }
  let taken = 0;
  for await (const _ of threads.read(fileOf(12 * 10), places(), NOTHING_TOLD)) {
    taken += 1;
    expect(asked - taken).toBeLessThanOrEqual(4 - 1);
  }
  expect([asked, taken]).toEqual([12, 12]);
});

it('threads read one file after another, each by its own columns', async () => {
  const threads = threadsOf(2);
  for (const rows of [5, 30, 1]) {
    let lines = 0;
    for await (const one of threads.read(fileOf(rows * 4), placesOf(4, rows), NOTHING_TOLD))
      lines += linesOf(one);
    expect(lines).toBe(rows * 4);
  }
});

it('what is known of the slots is asked for by the thread that is to read', async () => {
  const threads = threadsOf(2);
  const asked: number[] = [];
  const toldOf = (thread: number) => {
    asked.push(thread);
    return new Uint8Array(0);
  };
  const read: number[] = [];
  for await (const { thread } of threads.read(fileOf(60), placesOf(6, 10), toldOf)) read.push(thread);
  expect(asked).toEqual(read);
});

it('a file that is gone is told by the first stretch that is waited for, and by every one that is asked for later', async () => {
  const threads = threadsOf(2);
  const gone: StretchFile = { ...fileOf(1), path: path.join(temporaryFolder(), 'none.csv') };
  const readAll = async (file: StretchFile) => {
    for await (const _ of threads.read(file, placesOf(6, 10), NOTHING_TOLD)) expect('a stretch').toBe('none');
  };
  await expect(readAll(gone)).rejects.toMatchObject({ code: 'ENOENT' });
  // The reason stays that of the thread, also once it has ended.
  await threads.close();
  await expect(readAll(fileOf(60))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('threads that are closed while they read fail whoever waits for them', async () => {
  const threads = threadsOf(1);
  const reading = threads.read(fileOf(60), placesOf(6, 10), NOTHING_TOLD);
  await reading.next();
  await threads.close();
  const rest = async () => {
    for await (const _ of reading);
  };
  // A stretch that was read before comes still.
  await expect(rest()).rejects.toThrow('a thread that reads a file has ended');
});
