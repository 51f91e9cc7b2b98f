import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lockFolder } from '../../src/broker/folder-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Linux gives out no such pid. */
const NOBODY = 2 ** 22 + 1;
const held = {
  code: 'BROKER_FOLDER_LOCKED',
  message: expect.stringContaining(`in use by process ${process.pid};`),
};
const thrown = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

test('a folder belongs to one broker at a time, and is free once that one ends', () => {
  const folder = temporaryFolder();
  const unlock = lockFolder(folder);
  expect(thrown(() => lockFolder(folder))).toMatchObject(held);
  expect(readdirSync(folder)).toEqual(['lock']);
  unlock();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder)();
});

test.each([
  ['of a process that is gone', JSON.stringify({ pid: NOBODY, started: '1' })],
  ['of a killed process whose id another one has by now', JSON.stringify({ pid: process.pid, started: '1' })],
  ['that is damaged', '{"pid":'],
  ['that is empty', ''],
])('a lock %s is taken over', (_, content) => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/lock`, content);
  const unlock = lockFolder(folder);
  expect(JSON.parse(readFileSync(`${folder}/lock`, 'utf8')).pid).toBe(process.pid);
  expect(thrown(() => lockFolder(folder))).toMatchObject(held);
  unlock();
  expect(existsSync(`${folder}/lock`)).toBe(false);
});

test('a folder that is not there is an error of the system', () => {
  expect(thrown(() => lockFolder(`${temporaryFolder()}/none`))).toMatchObject({ code: 'ENOENT' });
});
