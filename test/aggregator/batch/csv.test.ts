// CSV in blocks, wherever they are cut, beside the same text in one piece.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader } from '../../../src/aggregator/batch/csv.ts';
import { InputError, WHOLE } from '../../../src/aggregator/batch/reading.ts';

type Read = {
  readonly records: readonly (readonly [cells: readonly unknown[], line: number])[];
  readonly faults: readonly string[];
};

/** What a reader of the columns a and b makes of a text that comes in these pieces. */
const read = (...blocks: readonly string[]): Read => readBytes(blocks.map((block) => Buffer.from(block)));

/** @param longest bytes of a row */
function readBytes(blocks: readonly Buffer[], longest?: number): Read {
  const records: (readonly [readonly unknown[], number])[] = [];
  const faults: string[] = [];
  const reader = new CsvReader(
    ['a', 'b'],
    (cells, line) => records.push([[...cells], line]),
    (message, line) => faults.push(`${line}: ${message}`),
    undefined,
    WHOLE,
    undefined,
    longest,
  );
  for (const block of blocks) reader.write(block);
  reader.end();
  return { records, faults };
}

/** The bytes in blocks that begin at these places. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((x, y) => x - y), bytes.length];
  return at.slice(1).map((to, index) => bytes.subarray(at[index], to));
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe('a reader of CSV', () => {
  it('the columns that are wanted are cut out in their order, however the file orders them', () => {
    expect(read('x,b,a\n1,2,3\n4,5,6').records).toEqual([
      [['3', '2'], 2],
      [['6', '5'], 3],
    ]);
  });

  it('the cells of a column that is missing are undefined', () => {
    expect(read('b\n7\n').records).toEqual([[[undefined, '7'], 2]]);
  });

  it('LF and CRLF, empty lines, quotes, and line breaks within quotes are read', () => {
    expect(read('a,b\r\n1,"x, ""y"""\r\n\r\n2,"two\nlines"\n3,z\n').records).toEqual([
      [['1', 'x, "y"'], 2],
      [['2', 'two\nlines'], 4],
      [['3', 'z'], 6],
    ]);
  });

  it('a row with another number of cells is told by its line, and the others are read', () => {
    expect(read('a,b\n1\n1,2,3\n"1"\n4,5\n')).toEqual({
      records: [[['4', '5'], 5]],
      faults: [
        '2: received 1 cells, expected 2 as in the header',
        '3: received 3 cells, expected 2 as in the header',
        '4: received 1 cells, expected 2 as in the header',
      ],
    });
  });

  it('a quote that is never closed is told', () => {
    expect(read('a,b\n1,2\n3,"4\n5,6\n')).toEqual({
      records: [[['1', '2'], 2]],
      faults: ['3: received a quote that is never closed, expected its end'],
    });
  });

  it('lines that end in CR alone are refused: the whole file would be its header', () => {
    expect(() => read('a,b\r1,2\r')).toThrow('expected lines that end in LF or CRLF');
    expect(() => read('"a\r\nb",c\n')).not.toThrow();
  });

  it('a header that names a column twice is refused', () => {
    expect(() => read('a,b,a\n')).toThrow(InputError);
    expect(() => read('a,"b","b"\n')).toThrow('received a header with the column "b" twice');
  });

  it('CSV is read as it was written, in whatever blocks it comes', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü'), maxLength: 6 });
    const row = fc.tuple(cell, cell);
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(200)), (rows, end, cuts) => {
        const text = [['a', 'b'], ...rows].map((cells) => cells.map(quoted).join(',') + end).join('');
        const { records, faults } = readBytes(cutAt(Buffer.from(text), cuts));
        expect(faults).toEqual([]);
        expect(records.map(([cells]) => cells)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });

  it('a row that is longer than it may be is told by its first line, in whatever blocks it comes, and those behind it are read', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' '), maxLength: 12 });
    const longest = 20;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell)),
        fc.constantFrom('\n', ''),
        fc.array(fc.nat(200)),
        (rows, end, cuts) => {
          const lines = [['a', 'b'], ...rows].map((cells) => cells.map(quoted).join(','));
          const { records, faults } = readBytes(cutAt(Buffer.from(lines.join('\n') + end), cuts), longest);
          let line = 1;
          const wanted = lines.map((text) => {
            const at = line;
            line += text.split('\n').length;
            return { at, isLong: text.length > longest };
          });
          expect(faults).toEqual(
            wanted
              .filter(({ isLong }) => isLong)
              .map(({ at }) => `${at}: received a row of more than 20 bytes, expected a shorter one`),
          );
          const read = wanted.flatMap(({ at, isLong }, row) =>
            row === 0 || isLong ? [] : [[rows[row - 1], at]],
          );
          expect(records).toEqual(read);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['without quotes', '12345678901234567,90', true],
    ['without quotes', '12345678901234567,901', false],
    ['with doubled quotes', '"1234567890""123",90', true],
    ['with doubled quotes', '"1234567890""1234",90', false],
  ])('a row %s may have as many bytes as are said, and not one more: %s', (_, row, isRead) => {
    const { records, faults } = readBytes([Buffer.from(`a,b\n${row}\n1,2\n`)], 20);
    expect([records.length, faults.length]).toEqual(isRead ? [2, 0] : [1, 1]);
  });

  it('a row that is longer than it may be is not kept: a quote that is never closed makes one of the rest of its file', () => {
    const faults: string[] = [];
    const block = Buffer.alloc(1024 * 1024, 'x,\n');
    const reader = new CsvReader(
      ['a'],
      () => {},
      (message, line) => faults.push(`${line}: ${message}`),
      undefined,
      WHOLE,
      undefined,
      block.length,
    );
    reader.write(Buffer.from('a\n1\n"'));
    const before = process.memoryUsage().arrayBuffers;
    for (let megabyte = 0; megabyte < 40; megabyte += 1) reader.write(block);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * block.length);
    expect(reader.next).toMatchObject({ byte: 4, line: 3 });
    reader.end();
    expect(faults).toEqual(['3: received a quote that is never closed, expected its end']);
  });

  it('a file whose header is longer than a row may be is refused', () => {
    for (const blocks of [['a,b,ccccc\n'], ['a,b', ',ccccc'], ['a,b,ccccc', '\n1,2,3\n']])
      expect(() =>
        readBytes(
          blocks.map((block) => Buffer.from(block)),
          8,
        ),
      ).toThrow('received a header of more than 8 bytes, expected a shorter one');
  });
});
