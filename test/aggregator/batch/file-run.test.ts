// A file that is read by way of a tally, in one thread and by stretches in several, beside the core alone, over arbitrary definitions and
// files: rows are the same with all of their meta, and what is set aside is the same with its line, also where a run was
// killed between two commits and goes on.

import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilePlace, FileRun } from '../../../src/aggregator/batch/file-run.ts';
import { describeInput } from '../../../src/aggregator/batch/input.ts';
import { compile, FieldTable, type Plan } from '../../../src/aggregator/core/plan.ts';
import { writeRow } from '../../../src/aggregator/core/row.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { arbitraryDefinition, arbitraryFile, arbitraryWay, bytesOf } from './arbitrary-files.ts';
import { counted, fileOf, outcome, Run, type Way } from './on-file-runs.ts';

it('a file comes to the rows of the core alone, and sets aside what that does', async () => {
  let records = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitraryDefinition,
      fc.array(arbitraryFile, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      arbitraryWay,
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

it('sums are exact where they leave the integers of a double', async () => {
  const [row] = await all(sums, Buffer.from(`a,n\n${'x,999999999999999\n'.repeat(20)}`));
  expect(row.sum).toBe(19_999_999_999_999_980);
});

it('different bytes that are no UTF-8 are the one text that they become', async () => {
  const lines = Array.from({ length: 60 }, (_, at) =>
    at % 2 === 1 ? 'x,1' : at % 4 === 0 ? '\xf0,1' : '\xf1,1',
  );
  const [row] = await all(sums, Buffer.from(`a,n\n${lines.join('\n')}\n\xf0,1\n`, 'latin1'));
  expect(row).toMatchObject({ a: '\ufffd', sum: 31 });
});

it('the places of an earlier run over a longer file of the same name stay as they are', async () => {
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

it('thousands of groups that come in any order have the rows of the core alone', async () => {
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

describe('which files are read in several threads', () => {
  /** A run over one file, and how often it asked for threads. */
  async function reading(name: string, bytes: Buffer, after: FilePlace = START, definition = sums) {
    const input = fileOf(bytes, name);
    const fields = new FieldTable();
    const plan = compile(definition, 1, fields);
    const state = newState(plan, 'batch', 100);
    const seen = { asked: 0, records: 0, places: [] as FilePlace[], asides: [] as number[] };
    const run = new FileRun({
      state,
      input,
      names: fields.names,
      origin: '',
      now: 0,
      threads: () => {
        seen.asked += 1;
        return undefined;
      },
      stretchBytes: 100,
      onTaken: (records) => {
        seen.records += records;
      },
      onAside: (line) => seen.asides.push(line),
      afterBlock: async (place) => void seen.places.push(place),
    });
    await run.run(after);
    const rows = [...run.end(['END_OF_STREAM'])].map((flushed) => JSON.parse(writeRow(flushed)));
    return { ...seen, rows, position: run.position };
  }
  const START: FilePlace = { position: 0, byte: 0 };
  const HEADER = 'a,n\n';
  const rows = (count: number) => Buffer.from(HEADER + 'x,01\n'.repeat(count));

  it('a CSV file asks for threads from a length on, and a shorter one does not', async () => {
    // 100 bytes.
    expect(await reading('long.csv', Buffer.concat([rows(19), Buffer.from('\n')]))).toMatchObject({
      asked: 1,
      records: 19,
    });
    expect(await reading('short.csv', rows(19))).toMatchObject({ asked: 0, records: 19, position: 20 });
  });

  it('files whose rows can only be found from the beginning on ask for none', async () => {
    expect(await reading('rows.csv.gz', gzipSync(rows(100)))).toMatchObject({ asked: 0, records: 100 });
    const objects = Buffer.from('{"a":"x","n":1}\n'.repeat(100));
    expect(await reading('rows.ndjson', objects)).toMatchObject({ asked: 0, records: 100 });
  });

  it('a definition whose sessions depend on the order of their records asks for none', async () => {
    const conditional = checkValue({
      name: 'conditional',
      group: { fields: ['a'] },
      aggregate: [{ field: 'n', operation: 'SUM', as: 'sum' }],
      flush: {
        by: 'TIMEOUT',
        timeout: { type: 'HOUR', hours: 1 },
        conditions: [{ name: 'ten', aggregate: 'sum', operator: '>=', value: 10 }],
      },
    });
    expect(await reading('rows.csv', rows(100), START, conditional)).toMatchObject({
      asked: 0,
      records: 100,
    });
  });

  it('a file of which nearly all was read before asks for none, and the rest of it is read', async () => {
    const byte = HEADER.length + 5 * 90;
    const after = { position: 91, byte };
    expect(await reading('rows.csv', rows(100), after)).toMatchObject({
      asked: 0,
      records: 10,
      position: 101,
      rows: [{ sum: 10, meta: { sources: [expect.stringMatching(/:92-101$/)] } }],
    });
    const early = await reading('rows.csv', rows(100), { position: 11, byte: HEADER.length + 5 * 10 });
    expect(early).toMatchObject({ asked: 1, records: 90 });
  });

  it('a place without its byte passes over the rows before it, with what is wrong with them', async () => {
    const bytes = Buffer.from(`${HEADER}x,1\nx,1,1\nx,2\nx,y\nx,4\n`);
    for (const name of ['rows.csv', 'rows.csv.gz'])
      expect(
        await reading(name, name.endsWith('.gz') ? gzipSync(bytes) : bytes, { position: 3, byte: 0 }),
      ).toMatchObject({ records: 2, asides: [5], rows: [{ sum: 6 }] });
  });

  it('a place without its byte asks for no threads, and stays the place until the rows before it are passed', async () => {
    const [all, before] = [500_000, 400_000];
    const after = { position: before, byte: 0 };
    const { places, ...read } = await reading('rows.csv', rows(all), after);
    expect(read).toMatchObject({ asked: 0, records: all + 1 - before, position: all + 1 });
    expect(places[0]).toEqual(after);
    expect(places.at(-1)).toEqual({ position: all + 1, byte: HEADER.length + 5 * all });
  });

  it('the place after a block is where the next row begins, as far as that can be known', async () => {
    const bytes = Buffer.from('\ufeffa,n\nx,1\nx,2\n');
    const csv = await reading('rows.csv', bytes);
    expect(csv.places.at(-1)).toEqual({ position: 3, byte: bytes.length });
    const packed = await reading('rows.csv.gz', gzipSync(bytes));
    expect(packed.places.at(-1)).toEqual({ position: 3, byte: 0 });
  });

  it('a header that names a column twice ends the file before its first row', async () => {
    const twice = reading('rows.csv', Buffer.from('a,n,a\nx,1,y\n'));
    await expect(twice).rejects.toThrow('received a header with the column "a" twice');
  });
});

it('a file goes on with sessions that another version has opened by the aggregates of that one', async () => {
  const fields = new FieldTable();
  const [old, plan] = ['MAX', 'SUM'].map((operation, index) =>
    compile(checkValue({ ...sums, aggregate: [{ field: 'n', operation, as: 'of_n' }] }), index + 1, fields),
  ) as [Plan, Plan];
  const state = newState(old, 'batch', 100);
  const known = { source: 'before', position: 1, at: 0 };
  step(state, { ...known, cells: fields.names.map((name) => (name === 'a' ? 'x' : '5')) }, 0);
  state.plan = plan;
  const run = new FileRun({
    state,
    input: fileOf(Buffer.from('a,n\nx,3\nx,4\ny,3\ny,4\n')),
    names: fields.names,
    origin: '',
    now: 0,
    threads: () => undefined,
    onTaken: () => {},
    onAside: () => {},
    afterBlock: async () => {},
  });
  await run.run({ position: 0, byte: 0 });
  const rows = [...run.end(['END_OF_TRANSACTION', 'END_OF_STREAM'])].map((one) => JSON.parse(writeRow(one)));
  expect(rows).toMatchObject([
    { a: 'x', of_n: 5, meta: { version: 1, count: 3 } },
    { a: 'y', of_n: 7, meta: { version: 2, count: 2 } },
  ]);
});
