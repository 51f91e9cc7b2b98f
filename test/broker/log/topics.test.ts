// What is left of topics where the disk refuses, and where a power failure has lost the end of a log.

import { readdirSync, readFileSync, readlinkSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Journal } from '../../../src/broker/journal.ts';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { Topics } from '../../../src/broker/log/topics.ts';
import { parseOptions } from '../../../src/broker/options.ts';
import { batch } from '../batch.ts';
import { failing } from '../failing-disk.ts';
import { testFolder } from '../running-broker.ts';

const NOW = 1_700_000_000_000;

function open(folder: string) {
  const journal = new Journal(`${folder}/journal`);
  const topics = new Topics(`${folder}/topics`, journal, parseOptions({ dataDir: folder }), NOW);
  const append = () => {
    const bytes = batch();
    return topics.partition('t', 0)?.append(bytes, readHeader(bytes, 0), NOW);
  };
  const close = () => {
    topics.close();
    journal.close();
  };
  return { topics, append, close };
}

const openFiles = (folder: string) =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
    } catch {
      return false;
    }
  }).length;

test('where the disk refuses a topic, each try leaves no file open and no folder', () => {
  const folder = testFolder();
  const { topics, close } = open(folder);
  const before = openFiles(folder);
  failing(['fsyncSync'], () => {
    for (let i = 0; i < 3; i++) expect(topics.create('t', 4, {}, NOW)).toBeUndefined();
  });
  expect(openFiles(folder)).toBe(before);
  expect(readdirSync(`${folder}/topics`)).toEqual([]);
  expect(topics.create('t', 4, {}, NOW)?.partitions).toHaveLength(4);
  close();
});

test('a log that a power failure cut before its start goes on at its start: what is appended can be read', () => {
  const folder = testFolder();
  const first = open(folder);
  first.topics.create('t', 1, {}, NOW);
  for (let i = 0; i < 10; i++) first.append();
  first.topics.deleteBefore('t', 0, 8);
  first.close();
  const file = `${folder}/topics/t-0/${'0'.repeat(20)}.log`;
  truncateSync(file, (readFileSync(file).length / 10) * 5);
  for (const expected of [8, 9]) {
    const again = open(folder);
    const partition = again.topics.partition('t', 0);
    expect(again.append()).toBe(expected);
    expect(partition?.startOffset).toBe(8);
    expect(readHeader(partition?.read(expected, 1 << 20, false) ?? Buffer.alloc(0), 0).baseOffset).toBe(
      expected,
    );
    again.close();
  }
});
