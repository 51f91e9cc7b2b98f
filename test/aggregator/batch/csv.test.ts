// CSV in blocks, wherever they are cut, beside the same text in one piece.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader, InputError } from '../../../src/aggregator/batch/csv.ts';

type Read = {
  readonly records: readonly (readonly [cells: readonly unknown[], line: number])[];
  readonly faults: readonly string[];
};

/** What a reader of the columns a and b makes of a text that comes in these pieces. */
const read = (...blocks: readonly string[]): Read => readBytes(...blocks.map((block) => Buffer.from(block)));

function readBytes(...blocks: readonly Buffer[]): Read {
  const records: (readonly [readonly unknown[], number])[] = [];
  const faults: string[] = [];
  const reader = new CsvReader(
    ['a', 'b'],
    (cells, line) => records.push([[...cells], line]),
    (message, line) => faults.push(`${line}: ${message}`),
  );
  for (const block of blocks) reader.write(block);
  reader.end();
  return { records, faults };
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe('a reader of CSV', () => {
  it('cuts out the columns that are wanted, in their order, however the file orders them', () => {
    expect(read('x,b,a\n1,2,3\n4,5,6').records).toEqual([
      [['3', '2'], 2],
      [['6', '5'], 3],
    ]);
  });

  it('leaves the cells of a column that is missing undefined', () => {
    expect(read('b\n7\n').records).toEqual([[[undefined, '7'], 2]]);
  });

  it('takes LF and CRLF, empty lines, quotes, and line breaks within quotes', () => {
    expect(read('a,b\r\n1,"x, ""y"""\r\n\r\n2,"two\nlines"\n3,z\n').records).toEqual([
      [['1', 'x, "y"'], 2],
      [['2', 'two\nlines'], 4],
      [['3', 'z'], 6],
    ]);
  });

  it('tells a row with another number of cells by its line, and goes on', () => {
    expect(read('a,b\n1\n1,2,3\n"1"\n4,5\n')).toEqual({
      records: [[['4', '5'], 5]],
      faults: [
        '2: received 1 cells, expected 2 as in the header',
        '3: received 3 cells, expected 2 as in the header',
        '4: received 1 cells, expected 2 as in the header',
      ],
    });
  });

  it('tells a quote that is never closed', () => {
    expect(read('a,b\n1,2\n3,"4\n5,6\n')).toEqual({
      records: [[['1', '2'], 2]],
      faults: ['3: received a quote that is never closed, expected its end'],
    });
  });

  it('refuses lines that end in CR alone: the whole file would be its header', () => {
    expect(() => read('a,b\r1,2\r')).toThrow('expected lines that end in LF or CRLF');
    expect(() => read('"a\r\nb",c\n')).not.toThrow();
  });

  it('refuses a header that names a column twice', () => {
    expect(() => read('a,b,a\n')).toThrow(InputError);
    expect(() => read('a,"b","b"\n')).toThrow('received a header with the column "b" twice');
  });

  it('reads what was written, in whatever blocks it comes', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü'), maxLength: 6 });
    const row = fc.tuple(cell, cell);
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(200)), (rows, end, cuts) => {
        const text = [['a', 'b'], ...rows].map((cells) => cells.map(quoted).join(',') + end).join('');
        const bytes = Buffer.from(text);
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((x, y) => x - y), bytes.length];
        const blocks = at.slice(1).map((to, index) => bytes.subarray(at[index], to));
        const { records, faults } = readBytes(...blocks);
        expect(faults).toEqual([]);
        expect(records.map(([cells]) => cells)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });
});
