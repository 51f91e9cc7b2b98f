import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { keepTail } from '../../src/broker/keep-tail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function fileOf(bytes: Buffer): string {
  const file = `${temporaryFolder()}/log`;
  writeFileSync(file, bytes);
  return file;
}

it.each([0, 5, 1024 * 1024, 2 * 1024 * 1024 + 7])(
  'what lies behind byte %i of a file is copied beside it, to its end',
  (at) => {
    const bytes = Buffer.alloc(2 * 1024 * 1024 + 7, 'shopstream');
    const file = fileOf(bytes);
    const kept = keepTail(file, at);
    expect(dirname(kept)).toBe(dirname(file));
    expect(kept).toMatch(new RegExp(`^${file}\\.cut-${at}-\\d+$`));
    expect(readFileSync(kept).equals(bytes.subarray(at))).toBe(true);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
  },
);

it('a copy that can not be made fails, and the file is as it was', () => {
  const file = fileOf(Buffer.from('bytes'));
  expect(() => keepTail(`${file}-that-there-is-not`, 0)).toThrow('ENOENT');
  expect(readdirSync(dirname(file))).toEqual(['log']);
});
