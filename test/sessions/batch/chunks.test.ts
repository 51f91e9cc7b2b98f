import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Chunk, chunksOf, LONGEST_LINE_BYTES } from '../../../src/sessions/batch/chunks.ts';
import { findInputs } from '../../../src/sessions/batch/inputs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

/** The chunks of a file with this content, and what was cut. */
async function read(content: Buffer, name = 'a.json') {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const [input] = findInputs([file]);
  if (input === undefined) throw new Error('no input was found');
  const chunks: Chunk[] = [];
  const reading = chunksOf(input);
  for (;;) {
    const next = await reading.next();
    if (next.done) return { chunks, cuts: next.value };
    chunks.push(next.value);
  }
}
const textOf = (chunks: readonly Chunk[]) => Buffer.concat(chunks.map(({ bytes }) => bytes)).toString();

it('chunks have all lines of a file, gzip or plain, and the numbers of the lines', async () => {
  const content = fc.array(fc.constantFrom('\n', '\r\n', 'a', '{"b":1}', 'ä'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(content, fc.boolean(), async (parts, packed) => {
      const text = parts.join('');
      const { chunks, cuts } = await read(packed ? gzipSync(text) : Buffer.from(text));
      expect(cuts).toEqual([]);
      expect(textOf(chunks)).toBe(text);
      const lines = chunks.reduce((sum, chunk) => sum + chunk.lines, 0);
      expect(lines).toBe(text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0));
    }),
    { numRuns: 60 },
  );
});

it('chunks end with whole lines, and begin with the line behind the chunk before', async () => {
  const line = `${'x'.repeat(1_000_000)}\n`;
  const { chunks } = await read(Buffer.from(`${line.repeat(40)}end`));
  expect(chunks.length).toBeGreaterThan(1);
  let next = 1;
  for (const { bytes, firstLine, lines } of chunks) {
    expect(firstLine).toBe(next);
    next += lines;
    if (next <= 41) expect(bytes.at(-1)).toBe(0x0a);
  }
  expect(next).toBe(42);
});

it('chunks leave out a line that is too long, by its number, and go on behind it', async () => {
  const long = Buffer.alloc(LONGEST_LINE_BYTES + 5 * 1024 * 1024, 'x');
  const { chunks, cuts } = await read(Buffer.concat([Buffer.from('one\n'), long, Buffer.from('\nthree\n')]));
  expect(textOf(chunks)).toBe('one\nthree\n');
  expect(chunks.map(({ firstLine }) => firstLine)).toEqual([1, 3]);
  const reason = `received a line of ${long.length} bytes, expected at most ${LONGEST_LINE_BYTES}`;
  expect(cuts).toEqual([{ line: 2, reason }]);
  expect((await read(Buffer.concat([Buffer.from('one\n'), long]))).cuts).toEqual([{ line: 2, reason }]);
});

it('chunks have no byte order mark', async () => {
  expect(textOf((await read(Buffer.from('\ufeff{}\n\ufeff{}'))).chunks)).toBe('{}\n\ufeff{}');
});

it('chunks of a damaged gzip are the whole lines before the damage, which is told by its line', async () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`).join('');
  const packed = gzipSync(lines);
  const cut = await read(packed.subarray(0, packed.length / 2), 'a.json.gz');
  const text = textOf(cut.chunks);
  expect(text.length).toBeGreaterThan(1_000);
  expect(lines.startsWith(text) && text.endsWith('\n')).toBe(true);
  expect(cut.cuts).toEqual([
    {
      line: text.split('\n').length,
      reason: expect.stringMatching(/^the gzip file is cut off at byte \d+$/),
    },
  ]);
  expect((await read(Buffer.alloc(0), 'b.json.gz')).cuts).toEqual([
    { line: 1, reason: 'the gzip file is empty' },
  ]);
  expect((await read(Buffer.alloc(0), 'b.json')).cuts).toEqual([]);
});
