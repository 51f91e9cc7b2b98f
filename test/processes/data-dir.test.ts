import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DataDirError, lockPart, prepareDataDir } from '../../src/processes/data-dir.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The pid of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn('true');
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid ?? 0;
}

describe('DATA_DIR', () => {
  it('DATA_DIR is made, with the folders above it, and nothing is left in it', () => {
    const folder = path.join(temporaryFolder(), 'a', 'b');
    prepareDataDir(folder);
    expect(readdirSync(folder)).toEqual([]);
    prepareDataDir(folder);
  });

  it.each([
    ['below a file', 'ENOTDIR'],
    ['a file itself', 'EEXIST'],
    ['where nothing can be made', 'ENOENT'],
  ])('%s is refused, and says why', (_name, code) => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const folder = { ENOTDIR: path.join(file, 'data'), EEXIST: file, ENOENT: '/proc/data' }[code] ?? '';
    expect(() => prepareDataDir(folder)).toThrow(DataDirError);
    expect(() => prepareDataDir(folder)).toThrow(
      `DATA_DIR: ${folder} can't be written (${code}); choose another folder`,
    );
  });
});

describe('the lock of a part', () => {
  it('the lock of a part is had by one process at a time, and the other is told which', () => {
    const folder = temporaryFolder();
    const lock = lockPart(folder, 'web');
    expect(lock.inherited).toBe(false);
    expect(() => lockPart(folder, 'web')).toThrow(`process ${process.pid} runs "web" there`);
    lockPart(folder, 'broker').release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    lockPart(folder, 'web').release();
  });

  it('the lock of a part is taken over from a process that was killed', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'web.lock'), JSON.stringify({ pid: await endedPid(), started: '1' }));
    const lock = lockPart(folder, 'web');
    expect(lock.inherited).toBe(true);
    expect(JSON.parse(readFileSync(path.join(folder, 'web.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    lock.release();
  });

  it('the lock of a part is had by one of many that find the same dead owner at the same moment', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'web.lock'), JSON.stringify({ pid: await endedPid(), started: '1' }));
    const module = path.join(packageRoot, 'dist/src/processes/data-dir.js');
    const program = `
      import { lockPart } from ${JSON.stringify(module)};
      process.stdin.once('data', () => {
        try { lockPart(${JSON.stringify(folder)}, 'web'); console.log('mine'); } catch (error) { console.log(error.name); }
      });
      console.log('ready');`;
    const rivals = Array.from({ length: 5 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
      const said: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      onTestFinished(() => void child.kill('SIGKILL'));
      return { child, words: () => said.join('').trim().split('\n') };
    });
    await eventually(() => rivals.every(({ words }) => words().includes('ready')));
    for (const { child } of rivals) child.stdin.write('go');
    await eventually(() => rivals.every(({ words }) => words().length === 2));
    const outcomes = rivals.map(({ words }) => words()[1]).sort();
    expect(outcomes).toEqual(['DataDirError', 'DataDirError', 'DataDirError', 'DataDirError', 'mine']);
  });

  it.skipIf(!existsSync('/proc'))('is taken over where the pid belongs to another process by now', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'web.lock'), JSON.stringify({ pid: process.pid, started: '1' }));
    expect(lockPart(folder, 'web').inherited).toBe(true);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"pid":"x"}',
    '{"pid":0,"started":""}',
    '{"pid":-1,"started":""}',
    '\0\0\0',
  ])('the lock of a part is taken over where its file says nothing: %j', (text) => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'web.lock'), text);
    expect(lockPart(folder, 'web').inherited).toBe(true);
  });

  it('the lock of a part refuses a file that is a folder, in words', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'web.lock'));
    expect(() => lockPart(folder, 'web')).toThrow(/web\.lock/);
  });
});
