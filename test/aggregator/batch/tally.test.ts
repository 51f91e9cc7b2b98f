// The short way of plain rows, in one thread and by stretches in several, beside the core alone, over arbitrary definitions and files:
// rows are the same with all of their meta, and what is set aside is the same with its line, also where a run was killed
// between two commits and goes on.

import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeInput } from '../../../src/aggregator/batch/input.ts';
import { Tally } from '../../../src/aggregator/batch/tally.ts';
import { tallyPlanOf } from '../../../src/aggregator/batch/tally-plan.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { counted, fileOf, outcome, Run, type Way } from './on-tally.ts';

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
  /** Never read. */
  note: fc.constantFrom('', 'note', '12" wide', 'a\nb,c,d,e,f,g', '"\n"'),
});
const file = fc.record({
  records: fc.array(record, { minLength: 10, maxLength: 40, size: 'max' }),
  copies: fc.integer({ min: 1, max: 4 }),
  quotes: fc.constantFrom('needed', 'all'),
  end: fc.constantFrom('\n', '\r\n'),
  raggedAt: fc.option(fc.nat(60), { nil: undefined }),
  mark: fc.boolean(),
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

function bytesOf({ records, copies, quotes, end, raggedAt, mark }: FileOf): Buffer {
  const cell = (value: string) =>
    quotes === 'all' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const rows = records.flatMap(({ a, b, n, m, t, note }) =>
    Array<string>(copies).fill([a, b, n, m, t, note].map(cell).join(',')),
  );
  if (raggedAt !== undefined) rows.splice(raggedAt, 0, 'x,y', '', 'x,"', '"x"y,p,1,1,,');
  const text = ['a,b,n,m,t,note', ...rows].map((row) => row + end).join('');
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text);
  // Bytes that are no UTF-8 are one character to the core, whatever they are.
  for (let at = bytes.indexOf('longer'); at !== -1; at = bytes.indexOf('longer', at + 1))
    bytes[at] = 0xf0 + (at % 16);
  return bytes;
}

const WAYS: fc.Arbitrary<Way> = fc.record(
  {
    threads: fc.integer({ min: 1, max: 3 }),
    stretchBytes: fc.integer({ min: 50, max: 2_000 }),
    blockBytes: fc.integer({ min: 60, max: 1_000 }),
    killedAt: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
);

it('the tally comes to the rows of the core alone, and sets aside what it does', async () => {
  let records = 0;
  await fc.assert(
    fc.asyncProperty(
      definitions,
      fc.array(file, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      WAYS,
      async ({ fields, period, operations, by, most }, contents, again, way) => {
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
        const files = contents.map((content) => fileOf(bytesOf(content)));
        if (again) files.push(...files.slice(0, 1));
        records += contents.reduce((sum, one) => sum + one.records.length * one.copies, 0);
        const plain = await new Run(definition, most).plainly(files);
        expect(outcome(await new Run(definition, most).by(way, files))).toEqual(outcome(plain));
      },
    ),
    { numRuns: 20 },
  );
  // Else the property would be about one thread alone.
  expect(counted.together).toBeGreaterThan(records / 40);
});

const WAYS_OF_ONE: readonly Way[] = [
  {},
  { threads: 2, stretchBytes: 64 },
  { threads: 2, stretchBytes: 20_000 },
];

async function all(definition: ReturnType<typeof checkValue>, bytes: Buffer, most = 1_000) {
  const files = [fileOf(bytes)];
  const plain = await new Run(definition, most).plainly(files);
  for (const way of WAYS_OF_ONE)
    expect(outcome(await new Run(definition, most).by(way, files))).toEqual(outcome(plain));
  return plain.rows.map((row) => JSON.parse(row));
}
const sums = checkValue({
  name: 'sums',
  group: { fields: ['a'] },
  aggregate: [{ field: 'n', operation: 'SUM', as: 'sum' }],
  flush: { by: 'END_OF_STREAM' },
});

it("the tally's sums are exact where they leave the integers of a double", async () => {
  const [row] = await all(sums, Buffer.from(`a,n\n${'x,999999999999999\n'.repeat(20)}`));
  expect(row.sum).toBe(19_999_999_999_999_980);
});

it('the tally takes different bytes that are no UTF-8 for the one text that they become', async () => {
  const lines = Array.from({ length: 60 }, (_, at) =>
    at % 2 === 1 ? 'x,1' : at % 4 === 0 ? '\xf0,1' : '\xf1,1',
  );
  const [row] = await all(sums, Buffer.from(`a,n\n${lines.join('\n')}\n\xf0,1\n`, 'latin1'));
  expect(row).toMatchObject({ a: '\ufffd', sum: 31 });
});

it('the tally leaves the places of an earlier run over a longer file of the same name as they are', async () => {
  const daily = checkValue({
    name: 'daily',
    group: { fields: ['a'] },
    aggregate: [{ operation: 'COUNT' }],
    flush: { by: 'TIMEOUT', timeout: { type: 'DAY', time: '00:00', zone: 'UTC' } },
  });
  const input = fileOf(Buffer.from(''));
  const both = async (over: (run: Run) => Promise<Run>) => {
    const run = new Run(daily, 1_000);
    for (const rows of [40, 20]) {
      writeFileSync(input.path, `a\n${'x\ny\n'.repeat(rows)}`);
      await over(run);
    }
    return run.open;
  };
  const plain = await both((run) => run.plainly([input]));
  for (const way of WAYS_OF_ONE)
    expect(await both((run) => run.by(way, [describeInput(input.path)]))).toEqual(plain);
});

const hourly = checkValue({
  name: 'hourly',
  group: { fields: ['a'], periods: [{ field: 't', period: 'HOUR' }] },
  aggregate: [
    { field: 'n', operation: 'SUM', as: 'sum' },
    { field: 'm', operation: 'MIN', as: 'least' },
    { operation: 'COUNT' },
  ],
  flush: { by: 'END_OF_STREAM' },
});

it('the tally gives thousands of groups that come in any order the rows of the core alone', async () => {
  const lines = Array.from({ length: 4_000 }, (_, at) => {
    const group = (at * 7_919) % 1_499;
    const name =
      group % 7 === 0 ? `"group, ${group}"` : group % 11 === 0 ? `gr\u00fcppe ${group}` : `group ${group}`;
    const time = `2024-01-31T1${group % 10}:00:0${at % 10}.000Z`;
    return `${name},${time},${at % 97}.${at % 10},${at % 2 === 0 ? '-' : ''}${at}`;
  });
  const rows = await all(hourly, Buffer.from(`a,t,n,m\n${lines.join('\n')}\n`), 2_000);
  expect(rows).toHaveLength(1_499);
});

it('the tally adds all plain rows that follow each other at once, and stops before any other', () => {
  const plan = tallyPlanOf(compile(hourly, 1, new FieldTable()));
  if (plan === undefined) throw new Error('expected a plan');
  const time = '2024-01-31T23:59:59.999Z';
  const plain = [`x,${time},1,2`, `"y, z",${time},-1.5,"+3"\r`, `,${time},.5,4.`, `a 12" screen,${time},1,2`];
  const others = [
    ['a doubled quote', `"x ""y""",${time},1,2`],
    ['a line break within quotes', `"x\ny",${time},1,2`],
    ['a cell too few', `x,${time},1`],
    ['a cell too many', `x,${time},1,2,3`],
    ['what is no number', `x,${time},1e3,2`],
    ['many digits', `x,${time},1234567890123456,2`],
    ['a longer fraction', `x,${time},1.25,2`],
    ['an hour that is new', 'x,2024-02-01T00:59:59.999Z,1,2'],
    ['what is no time', 'x,2024-01-31T23:60:59.999Z,1,2'],
    ['a second that is none', 'x,2024-01-31T23:59:60.999Z,1,2'],
    ['a new group beyond ASCII', `\u00fc,${time},1,2`],
    ['a blank line', ''],
    ['no end', undefined],
  ] as const;
  const columns = Int32Array.of(2, 3, 0, 1);
  const first = {
    bytes: Buffer.from(`x${time}0.10`),
    begins: Int32Array.of(25, 28, 0, 1),
    ends: Int32Array.of(28, 29, 1, 25),
  };
  for (const [what, other] of others) {
    const rows = Buffer.from([...plain, ...plain, ''].join('\n'));
    const bytes = Buffer.concat([rows, Buffer.from(other === undefined ? 'x' : `${other}\n`)]);
    const tally = new Tally(plan);
    tally.addRows(bytes, 0, 0, 1, columns);
    // What it knows of an hour and of fractions, it has of a row that was not left to it.
    expect(tally.add(first, 1)).toBe(true);
    const added = tally.addRows(bytes, 0, Number.POSITIVE_INFINITY, 2, columns);
    expect({ what, ...added }).toEqual({ what, next: rows.length, rows: 2 * plain.length });
    const more = tally.addRows(bytes, rows.length, Number.POSITIVE_INFINITY, 10, columns);
    expect({ what, ...more }).toEqual({ what, next: rows.length, rows: 0 });
  }
});
