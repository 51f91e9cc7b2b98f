import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../src/runtime/make-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('a folder is made with those above it, and only it has the mode', () => {
  const root = temporaryFolder();
  const folder = path.join(root, 'a', 'b', 'c');
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.dirname(folder)).mode & 0o777).toBe(0o777 & ~process.umask());
});

it('a folder that is there stays as it is', () => {
  const folder = path.join(temporaryFolder(), 'there');
  mkdirSync(folder, 0o750);
  writeFileSync(path.join(folder, 'file'), '');
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o750);
  expect(existsSync(path.join(folder, 'file'))).toBe(true);
});

it.each([
  ['a file of that name', '', 'EEXIST'],
  ['a file on its path', 'below', 'ENOTDIR'],
])('a folder is refused with %s', (_, below, code) => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(path.join(file, below))).toThrow(expect.objectContaining({ code }));
});

it.skipIf(!existsSync('/proc/self'))(
  'a file system that has no room for folders is an error, and not tried for ever',
  () => {
    expect(() => makeFolder('/proc/no/such/folder')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  },
);
