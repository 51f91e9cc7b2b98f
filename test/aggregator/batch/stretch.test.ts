import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ownedStretch, type StretchPlace, StretchReader } from '../../../src/aggregator/batch/stretch.ts';
import { tallyPlanOf } from '../../../src/aggregator/batch/tally-plan.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const definition = checkValue({
  name: 'sheets',
  group: { fields: ['owner'] },
  aggregate: [{ field: 'sheets', operation: 'SUM' }],
  flush: { by: 'END_OF_STREAM' },
});
const HEADER = 'owner,sheets\n';
const WHOLE: StretchPlace = { from: HEADER.length, end: Number.POSITIVE_INFINITY };

/** What a stretch of the rows comes to; places count from the first row on. */
function readerOf(rows: string, blockBytes = 64) {
  const file = path.join(temporaryFolder(), 'rows.csv');
  writeFileSync(file, HEADER + rows);
  const fields = new FieldTable();
  const plan = tallyPlanOf(compile(definition, 1, fields));
  if (plan === undefined) throw new Error('the definition has no plan for plain rows');
  const columns = Int32Array.from([fields.names.indexOf('owner'), fields.names.indexOf('sheets')]);
  return new StretchReader({ path: file, names: fields.names, plan, columns, most: 10 }, blockBytes);
}
const stretchOf = (rows: string, place = WHOLE, blockBytes?: number) =>
  readerOf(rows, blockBytes).read(place, new Uint8Array(0));
const keysOf = ({ keys }: { readonly keys: Uint8Array }) => Buffer.from(keys).toString('latin1');

it('a stretch has the rows that begin behind the line break before its place, and before its end', () => {
  const rows = 'anna,1\nbert,2\ncarl,3\ndora,4\n';
  const from = HEADER.length;
  const first = stretchOf(rows, { from, end: from + 8 });
  expect([first.begin, first.next]).toEqual([from, { byte: from + 14, line: 3 }]);
  expect(keysOf(first)).toMatch(/^anna.bert.$/s);
  const second = stretchOf(rows, { from: from + 8, end: Number.POSITIVE_INFINITY });
  expect(second.begin).toBe(from + 14);
  expect(keysOf(second)).toMatch(/^carl.dora.$/s);
});

it('a row that begins right at the place of a stretch is of it', () => {
  const from = HEADER.length + 'anna,1\n'.length;
  expect(stretchOf('anna,1\nbert,2\n', { from, end: Number.POSITIVE_INFINITY }).begin).toBe(from);
});

it('rows that are not plain are left to the core with their lines, as is what is wrong with one', () => {
  const { others } = stretchOf('anna,1\nbert,x\nanna,1,2\nanna,3\n');
  expect(others).toEqual([
    // In the order of the fields that the definition reads.
    { line: 2, cells: ['x', 'bert'] },
    { line: 3, message: expect.stringMatching(/3 .*expected 2/) },
  ]);
});

it('a stretch where no row is found, or with a row longer than a block, does not count', () => {
  const { begin, others } = stretchOf('anna,1\n', { from: HEADER.length + 3, end: Number.POSITIVE_INFINITY });
  expect([begin, others]).toEqual([undefined, undefined]);
  const long = stretchOf(`anna,1\n${'b'.repeat(40)},2\n`, WHOLE, 32);
  expect([long.begin, long.others]).toEqual([HEADER.length, undefined]);
});

it('the last row of a file without a line break at its end is read', () => {
  const stretch = stretchOf('anna,1\nbert,2');
  expect(keysOf(stretch)).toMatch(/^anna.bert.$/s);
  expect(stretch.others).toEqual([]);
});

it('an owned stretch keeps what it has while its reader goes on, in spare memory where that is large enough', () => {
  const reader = readerOf('anna,1\nbert,2\nanna,3\n');
  const read = reader.read(WHOLE, new Uint8Array(0));
  const tape = [...read.tape];
  const keys = keysOf(read);
  const spare = new ArrayBuffer(read.tape.byteLength + 8);
  const inSpare = ownedStretch(read, spare);
  const tooSmall = new ArrayBuffer(read.tape.byteLength - 8);
  const own = ownedStretch(read, tooSmall);
  reader.read({ from: HEADER.length + 7, end: Number.POSITIVE_INFINITY }, new Uint8Array(2));
  read.tape.fill(-1);
  read.keys.fill(0);
  expect(inSpare.tape.buffer).toBe(spare);
  expect(own.tape.buffer).not.toBe(tooSmall);
  expect(tape.length).toBeGreaterThan(0);
  for (const one of [inSpare, own]) expect([[...one.tape], keysOf(one)]).toEqual([tape, keys]);
});
