// The short way of plain rows beside the core alone, over arbitrary definitions and files, in blocks wherever they are cut:
// rows are the same with all of their meta, and what is set aside is the same with its line.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CsvReader } from '../../../src/aggregator/batch/csv.ts';
import { Tally } from '../../../src/aggregator/batch/tally.ts';
import type { Cell } from '../../../src/aggregator/core/cell.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { writeRow } from '../../../src/aggregator/core/row.ts';
import { type Flushed, flushEnded, newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

const FIELDS = ['a', 'b', 'n', 'm', 't', 'absent'] as const;
const plainNumber = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map(String),
  fc.integer({ min: -5_000, max: 5_000 }).map((value) => (value / 100).toFixed(2)),
);
const oddNumber = fc.constantFrom(
  ...[
    '',
    'x',
    '0x1',
    '1e3',
    '-0',
    '+7',
    '007',
    '.5',
    '5.',
    '.',
    '-',
    '1,000',
    ' 1',
    '1.0000000',
    '0.0000000000001',
  ],
  ...[
    '999999999999999',
    '-999999999999999',
    '9007199254740993',
    '123456789012345678901234567890',
    '1e999999999',
  ],
);
const number = fc.oneof({ weight: 12, arbitrary: plainNumber }, { weight: 1, arbitrary: oddNumber });
const text = fc.constantFrom(
  'x',
  'y',
  '',
  'ü "q"',
  '1',
  '1.0',
  'two\nlines',
  'a, b',
  '\ufffd',
  'longer than a word',
);
const record = fc.record({
  a: text,
  b: fc.constantFrom('p', 'q', '007'),
  n: number,
  m: number,
  t: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('2024-01-31T23:59:59.999Z', '2024-02-29T00:59:00.000Z') },
    { weight: 1, arbitrary: fc.constantFrom('2024-02-30T00:00:00.000Z', '') },
  ),
});
const file = fc.record({
  records: fc.array(record, { minLength: 10, maxLength: 60, size: 'max' }),
  copies: fc.integer({ min: 1, max: 4 }),
  quotes: fc.constantFrom('needed', 'all'),
  end: fc.constantFrom('\n', '\r\n'),
  raggedAt: fc.option(fc.nat(60), { nil: undefined }),
  cuts: fc.array(fc.nat(3_000), { maxLength: 6 }),
});
const definitions = fc.record({
  fields: fc.subarray(['a', 'b', 'absent'], { minLength: 1 }),
  period: fc.option(fc.constantFrom('HOUR', 'DAY', 'MONTH', 'YEAR'), { nil: undefined }),
  operations: fc.uniqueArray(
    fc.oneof(
      fc.tuple(fc.constantFrom('SUM', 'MIN', 'MAX', 'AVERAGE'), fc.constantFrom('n', 'm')),
      fc.tuple(fc.constantFrom('COUNT', 'CARRY_FIRST', 'CARRY_LAST'), fc.constantFrom(...FIELDS)),
    ),
    { minLength: 1, maxLength: 5, selector: (one) => one.join() },
  ),
  by: fc.constantFrom('END_OF_TRANSACTION', 'END_OF_STREAM'),
  most: fc.constantFrom(2, 1_000, 1_000),
});

type FileOf = typeof file extends fc.Arbitrary<infer T> ? T : never;

function blocksOf({ records, copies, quotes, end, raggedAt, cuts }: FileOf): Buffer[] {
  const cell = (value: string) =>
    quotes === 'all' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const rows = records.flatMap(({ a, b, n, m, t }) =>
    Array<string>(copies).fill([a, b, n, m, t].map(cell).join(',')),
  );
  if (raggedAt !== undefined) rows.splice(raggedAt, 0, 'x,y', '', 'x,"', '"x"y,p,1,1,');
  const bytes = Buffer.from(['a,b,n,m,t', ...rows].map((row) => row + end).join(''));
  // Bytes that are no UTF-8 are one character to the core, whatever they are.
  for (let at = bytes.indexOf('longer'); at !== -1; at = bytes.indexOf('longer', at + 1))
    bytes[at] = 0xf0 + (at % 16);
  const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((x, y) => x - y), bytes.length];
  return at.slice(1).map((to, index) => bytes.subarray(at[index], to));
}

let taken = 0;

function run(
  definition: ReturnType<typeof checkValue>,
  files: readonly (readonly Buffer[])[],
  most: number,
  short: boolean,
): { readonly rows: readonly string[]; readonly asides: readonly string[] } {
  const fields = new FieldTable();
  const state = newState(compile(definition, 1, fields), 'batch', most);
  const flushed: Flushed[] = [];
  const rows: string[] = [];
  const asides: string[] = [];
  const flush = (some: readonly Flushed[]) => rows.push(...some.map(writeRow));
  for (const [index, blocks] of files.entries()) {
    const record = {
      cells: [] as readonly Cell[],
      source: `file ${index}`,
      position: 0,
      at: 1_000,
      origin: '',
    };
    const tally = short && Tally.serves(state.plan) ? new Tally(state, record, 1_000) : undefined;
    const onRecord = (cells: readonly Cell[], line: number) => {
      const outcome = tally?.step(cells, line) ?? step(state, { ...record, cells, position: line }, 1_000);
      if ('aside' in outcome) asides.push(`${index}:${line} ${outcome.aside.message}`);
      else flushed.push(...outcome.flushed);
    };
    const onFault = (message: string, line: number) => void asides.push(`${index}:${line} ${message}`);
    const reader = new CsvReader(fields.names, onRecord, onFault, (row, line) => {
      const added = tally?.add(row, line) === true;
      if (added) taken += 1;
      return added;
    });
    for (const [at, block] of blocks.entries()) {
      reader.write(block);
      if (at % 2 === 1) tally?.settle();
    }
    reader.end();
    tally?.settle();
    flush(flushEnded(state, 'END_OF_TRANSACTION', 1_000));
  }
  flush(flushEnded(state, 'END_OF_STREAM', 1_000));
  return { rows, asides };
}

it('comes to the rows of the core alone, and sets aside what it does', () => {
  let records = 0;
  fc.assert(
    fc.property(
      definitions,
      fc.array(file, { minLength: 1, maxLength: 3 }),
      ({ fields, period, operations, by, most }, files) => {
        const definition = checkValue({
          name: 'tally',
          group: { fields, ...(period === undefined ? {} : { periods: [{ field: 't', period }] }) },
          aggregate: operations.map(([operation, field]) => ({
            operation,
            field,
            as: `${operation} of ${field}`,
          })),
          flush: { by },
        });
        const blocks = files.map(blocksOf);
        records += files.reduce((sum, one) => sum + one.records.length * one.copies, 0);
        expect(run(definition, blocks, most, true)).toEqual(run(definition, blocks, most, false));
      },
    ),
    { numRuns: 200 },
  );
  // Else the property would be about nothing.
  expect(taken).toBeGreaterThan(records / 40);
});

const both = (definition: ReturnType<typeof checkValue>, file: Buffer) => {
  const [short, long] = [true, false].map((way) => run(definition, [[file]], 1_000, way));
  expect(short).toEqual(long);
  return long?.rows.map((row) => JSON.parse(row)) ?? [];
};
const sums = checkValue({
  name: 'sums',
  group: { fields: ['a'] },
  aggregate: [{ field: 'n', operation: 'SUM', as: 'sum' }],
  flush: { by: 'END_OF_STREAM' },
});

it('keeps sums exact where they leave the integers of a double', () => {
  const [row] = both(sums, Buffer.from(`a,n\n${'x,999999999999999\n'.repeat(20)}`));
  expect(row.sum).toBe(19_999_999_999_999_980);
});

it('takes different bytes that are no UTF-8 for the one text that they become', () => {
  const lines = Array.from({ length: 60 }, (_, at) =>
    at % 2 === 1 ? 'x,1' : at % 4 === 0 ? '\xf0,1' : '\xf1,1',
  );
  const [row] = both(sums, Buffer.from(`a,n\n${lines.join('\n')}\n\xf0,1\n`, 'latin1'));
  expect(row).toMatchObject({ a: '\ufffd', sum: 31 });
});
