// A lock file beside living, dead and other processes.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive, type Lock, lockFile } from '../../src/runtime/process-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFile = () => path.join(temporaryFolder(), 'part.lock');
/** The id of a process that has ended. */
const deadPid = () => spawnSync('true').pid;

function taken(lock: Lock | number): Lock {
  if (typeof lock === 'number') throw new Error(`process ${lock} has the file`);
  return lock;
}

describe('a lock file', () => {
  it('a lock file is taken by the first, names it to the second, and is free once it was released', () => {
    const file = newFile();
    const first = taken(lockFile(file));
    expect(first.inherited).toBe(false);
    expect(lockFile(file)).toBe(process.pid);
    first.release();
    expect(existsSync(file)).toBe(false);
    expect(taken(lockFile(file)).inherited).toBe(false);
  });

  it.each([
    ['of a process that was killed', () => JSON.stringify({ pid: deadPid(), started: '1' })],
    ['whose process id another process has by now', () => JSON.stringify({ pid: process.pid, started: '1' })],
    ['that is damaged', () => '{"pid":'],
    ['that is empty', () => ''],
    ['of no process that can be', () => JSON.stringify({ pid: -1, started: '' })],
  ])('%s is inherited', (_, content) => {
    const file = newFile();
    writeFileSync(file, content());
    expect(taken(lockFile(file)).inherited).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('a lock file leaves the lock of a living process to it, also where the system could not tell when that started', () => {
    const other = spawn('sleep', ['60']);
    onTestFinished(() => void other.kill());
    const file = newFile();
    const owner = JSON.stringify({ pid: other.pid, started: '' });
    writeFileSync(file, owner);
    expect(lockFile(file)).toBe(other.pid);
    expect(readFileSync(file, 'utf8')).toBe(owner);
  });
});

describe('isAlive', () => {
  it('isAlive is true of a process that runs, whoever’s it is, and false of one that has ended and of what is none', () => {
    expect(isAlive(process.pid)).toBe(true);
    expect([deadPid(), 0, -1, Number.NaN].map(isAlive)).toEqual([false, false, false, false]);
  });
});
