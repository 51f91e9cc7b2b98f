import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findInputs } from '../../../src/sessions/batch/inputs.ts';
import { cutOf, lengthFits } from '../../../src/sessions/batch/whole-gzip.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LINES = 5_000;
const linesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `{"visitor":"${(from + n) * 7919}"}\n`).join('');
const TEXT = linesOf(0, LINES);
const CUT_OFF = expect.stringMatching(/^the gzip file is cut off at byte \d+$/);

const folder = temporaryFolder();
/** Where a file with this content is cut off, of which so many lines were read. */
function look(content: Buffer, lines: number) {
  const file = path.join(folder, 'a');
  writeFileSync(file, content);
  const [input] = findInputs([file]);
  return input && cutOf(input, lines);
}

it.each([
  ['a plain file', Buffer.from(TEXT)],
  ['a gzip', gzipSync(TEXT)],
  ['a gzip whose last member is short', Buffer.concat([gzipSync(TEXT), gzipSync(linesOf(0, 3))])],
  ['a gzip whose last line does not end', gzipSync(TEXT.trimEnd())],
])('%s is whole', async (_, content) => {
  expect(await look(content, LINES)).toBeUndefined();
});

it('a gzip that was flushed line by line and not ended is cut off behind its lines', async () => {
  const flushed = gzipSync(TEXT, { finishFlush: constants.Z_SYNC_FLUSH });
  expect(await look(flushed, LINES)).toEqual({ line: LINES + 1, reason: CUT_OFF });
});

it('a gzip is cut off at the line in which its bytes end', async () => {
  const packed = gzipSync(TEXT);
  const cut = await look(packed.subarray(0, packed.length / 2), LINES / 2);
  expect(cut).toEqual({ line: expect.any(Number), reason: CUT_OFF });
  expect(cut?.line).toBeGreaterThan(1_000);
  expect(cut?.line).toBeLessThan(4_000);
});

it('a member behind whole ones that is cut off is told by its line in the file', async () => {
  const second = gzipSync(linesOf(0, 3), { finishFlush: constants.Z_SYNC_FLUSH });
  expect(await look(Buffer.concat([gzipSync(TEXT), second]), LINES + 3)).toEqual({
    line: LINES + 4,
    reason: CUT_OFF,
  });
});

it('a gzip of which more lines were read than four bytes can count is unpacked, so that its cut is told', async () => {
  const packed = gzipSync(TEXT);
  const cut = await look(packed.subarray(0, packed.length / 2), 2e9);
  expect(cut).toEqual({ line: expect.any(Number), reason: CUT_OFF });
});

it.each([
  [1_000, 1_050, true],
  [1_000, 2_000, false],
  [5e9 - 2 ** 32, 5.1e9, true],
  [5e9 - 2 ** 32, 4.4e9, false],
  [2 ** 32 - 10, 2 ** 32 + 10, true],
  [0xffff0000, 0xffff0000, false],
  [0, 22e9, false],
  [2 ** 31, 22e9, false],
  [22e9 % 2 ** 32, 22e9, false],
  [1_000, Number.NaN, false],
])('whether a length of %d at the end fits to %d bytes: %s', (length, expected, fits) => {
  expect(lengthFits(length, expected)).toBe(fits);
});
