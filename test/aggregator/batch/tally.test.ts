// A tally by itself: rows that are added up one by one or all at once, for as many sessions as there is room for.

import { expect, it } from 'vitest';
import { Tally } from '../../../src/aggregator/batch/tally.ts';
import { tallyPlanOf } from '../../../src/aggregator/batch/tally-plan.ts';
import { ENTRY, KNOWN, lengthOf } from '../../../src/aggregator/batch/tape.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { plainRow } from './plain-row.ts';

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

it('a tally adds all plain rows that follow each other at once, and stops before any other', () => {
  const hours = tallyPlanOf(compile(hourly, 1, new FieldTable()));
  if (hours === undefined) throw new Error('expected a plan');
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
    const tally = new Tally(hours);
    tally.addRows(bytes, 0, 0, 1, columns);
    // What it knows of an hour and of fractions, it has of a row that was not left to it.
    expect(tally.add(first, 1)).toBe(true);
    const added = tally.addRows(bytes, 0, Number.POSITIVE_INFINITY, 2, columns);
    expect({ what, ...added }).toEqual({ what, next: rows.length, rows: 2 * plain.length });
    const more = tally.addRows(bytes, rows.length, Number.POSITIVE_INFINITY, 10, columns);
    expect({ what, ...more }).toEqual({ what, next: rows.length, rows: 0 });
  }
});

const plan = { group: [0], periods: [], fields: [1], carried: [] };

/** What is on the tape: by TOTAL the slot, the number of its rows and their sum. */
function totalsOf(tally: Tally): number[][] {
  tally.settle();
  const { tape } = tally.take();
  const totals: number[][] = [];
  for (let at = 0; at < tape.length; at += lengthOf(tape[at] ?? 0, 1))
    if (tape[at] === ENTRY.TOTAL) totals.push([tape[at + 1] ?? 0, tape[at + 2] ?? 0, tape[at + 8] ?? 0]);
  return totals;
}

it('a row that would open one more session than there is room for is left to the core, whose answer counts for the next', () => {
  const tally = new Tally(plan);
  tally.room = 1;
  expect(tally.add(plainRow('anna', '1'), 1)).toBe(true);
  expect(tally.add(plainRow('bert', '2'), 2)).toBe(false);
  tally.answer(false);
  expect(tally.add(plainRow('bert', '3'), 3)).toBe(false);
  // The core has found its session, which was open.
  tally.answer(true);
  expect(tally.add(plainRow('bert', '4'), 4)).toBe(true);
  expect(tally.add(plainRow('anna', '5'), 5)).toBe(true);
  expect(tally.room).toBe(0);
  expect(totalsOf(tally)).toEqual([
    [0, 2, 6],
    [1, 1, 4],
  ]);
});

it('the answer to a row that was refused for another reason opens nothing', () => {
  const tally = new Tally(plan);
  tally.room = 0;
  expect(tally.add(plainRow('bert', '1'), 1)).toBe(false);
  expect(tally.add(plainRow('carl', 'x'), 2)).toBe(false);
  tally.answer(true);
  expect(tally.add(plainRow('bert', '1'), 3)).toBe(false);
});

it('a group that is known of another tally needs room for its session, too', () => {
  const [tally, other] = [new Tally(plan), new Tally(plan)];
  other.add(plainRow('bert', '1'), 1);
  other.settle();
  tally.room = 0;
  tally.foreign().learn(other.take());
  expect(tally.add(plainRow('bert', '1'), 1)).toBe(false);
  tally.answer(true);
  expect(tally.add(plainRow('bert', '1'), 2)).toBe(true);
});

it('of slots that are told no more ranges go on the tape', () => {
  const tally = new Tally(plan);
  for (const [at, name] of ['anna', 'bert', 'anna', 'bert'].entries()) tally.add(plainRow(name, '1'), at + 1);
  totalsOf(tally);
  tally.tell(Uint8Array.of(0, 1));
  expect([...tally.known.subarray(0, 2)]).toEqual([KNOWN.OPEN, KNOWN.FULL]);
  for (const [at, name] of ['anna', 'bert', 'anna', 'bert'].entries())
    tally.add(plainRow(name, '1'), at + 10);
  tally.settle();
  const { tape, begun } = tally.take();
  const entries: number[][] = [];
  for (let at = 0; at < tape.length; at += lengthOf(tape[at] ?? 0, 1))
    entries.push([tape[at] ?? 0, tape[at + 1] ?? 0]);
  expect(begun).toBe(1);
  expect(entries).toEqual([
    [ENTRY.BEGIN, 0],
    [ENTRY.RANGE, 0],
    [ENTRY.TOTAL, 0],
    [ENTRY.TOTAL, 1],
  ]);
});

it('rows that are added at once and one by one come to the same slots', () => {
  const tally = new Tally(plan);
  const bytes = Buffer.from('anna,1\nbert,2\n');
  const columns = Int32Array.of(0, 1);
  tally.add(plainRow('bert', '5'), 1);
  expect(tally.addRows(bytes, 0, Number.POSITIVE_INFINITY, 2, columns)).toEqual({
    next: bytes.length,
    rows: 2,
  });
  tally.add(plainRow('anna', '6'), 4);
  expect(totalsOf(tally)).toEqual([
    [0, 2, 7],
    [1, 2, 7],
  ]);
});

it('a tally that carries texts takes no rows at once', () => {
  const tally = new Tally({ ...plan, carried: [{ place: 0, last: true }] });
  expect(tally.addRows(Buffer.from('anna,1\n'), 0, Number.POSITIVE_INFINITY, 1, Int32Array.of(0, 1))).toEqual(
    {
      next: 0,
      rows: 0,
    },
  );
});
