import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
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

test('a lock of a dead process that two find at once is the later one’s, and the other sees it', () => {
  const folder = temporaryFolder();
  const file = `${folder}/lock`;
  writeFileSync(file, JSON.stringify({ pid: NOBODY, started: '1' }));
  const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const { linkSync } = fs;
  let links = 0;
  // The other has found the dead process too, and now removes the lock that this one has just taken.
  fs.linkSync = (existing, made) => {
    linkSync(existing, made);
    links += 1;
    fs.rmSync(file);
    writeFileSync(file, JSON.stringify({ pid: process.ppid, started }));
  };
  syncBuiltinESMExports();
  try {
    expect(thrown(() => lockFolder(folder))).toMatchObject({ code: 'BROKER_FOLDER_LOCKED' });
  } finally {
    fs.linkSync = linkSync;
    syncBuiltinESMExports();
  }
  expect(links).toBe(1);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a folder that is not there is an error of the system', () => {
  expect(thrown(() => lockFolder(`${temporaryFolder()}/none`))).toMatchObject({ code: 'ENOENT' });
});
