import { expect, it } from 'vitest';
import { Tally } from '../../../src/aggregator/batch/tally.ts';
import { tallyPlanOf } from '../../../src/aggregator/batch/tally-plan.ts';
import { TallySessions } from '../../../src/aggregator/batch/tally-sessions.ts';
import { KNOWN } from '../../../src/aggregator/batch/tape.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { writeRow } from '../../../src/aggregator/core/row.ts';
import { saveSession } from '../../../src/aggregator/core/session.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { plainRow } from './plain-row.ts';

const NOW = 5_000;
type Row = Readonly<Record<'owner' | 'at' | 'sheets' | 'note', string>>;
const row = (owner: string, at: string, sheets: string, note: string): Row => ({ owner, at, sheets, note });
const ROWS = [
  row('bert', '2024-01-31T10:00:00.000Z', '3', 'first'),
  row('bert', '2024-01-02T00:00:00.000Z', '7', ''),
  row('anna', '2024-01-31T11:00:00.000Z', '-2', ''),
  row('anna', '2024-02-01T00:00:00.000Z', '4', 'other month'),
  row('bert', '2024-01-01T00:00:00.000Z', '0.25', 'last'),
];

function newRun() {
  const fields = new FieldTable();
  const plan = compile(
    checkValue({
      name: 'd',
      group: { fields: ['owner'], periods: [{ field: 'at', period: 'MONTH' }] },
      aggregate: [
        ...['SUM', 'MIN', 'MAX', 'AVERAGE', 'COUNT'].map((operation) => ({ field: 'sheets', operation })),
        { field: 'note', operation: 'CARRY_FIRST' },
        { field: 'note', operation: 'CARRY_LAST' },
      ],
      flush: { by: 'END_OF_STREAM' },
    }),
    1,
    fields,
  );
  const tallyPlan = tallyPlanOf(plan);
  if (tallyPlan === undefined) throw new Error('the definition has no plan for plain rows');
  const tally = new Tally(tallyPlan);
  tally.room = 100;
  const state = newState(plan, 'batch', 100);
  const record = { cells: [], source: 'f.csv', position: 0, at: NOW, origin: 'o' };
  const cellsOf = (one: Row) => fields.names.map((name) => one[name as keyof Row]);
  return {
    tally,
    state,
    sessions: new TallySessions(state, record, NOW),
    add(one: Row, line: number) {
      if (!tally.add(plainRow(...cellsOf(one)), line)) throw new Error('the row is not plain');
    },
    step: (one: Row, position: number) => step(state, { ...record, cells: cellsOf(one), position }, NOW),
    handed() {
      tally.settle();
      return tally.take();
    },
    open: () => [...state.open].map(saveSession),
  };
}

/** By the core alone. */
function stepped(rows: readonly Row[]) {
  const run = newRun();
  for (const [at, one] of rows.entries()) run.step(one, at + 1);
  return run;
}

it('sessions that take in what was handed over, at once or row by row, are those of the core', () => {
  const plain = stepped(ROWS).open();
  expect(plain).toHaveLength(3);
  for (const every of [1, 2, ROWS.length]) {
    const run = newRun();
    for (const [at, one] of ROWS.entries()) {
      run.add(one, at + 1);
      if ((at + 1) % every === 0) run.sessions.take(run.handed(), run.tally.known);
    }
    run.sessions.take(run.handed(), run.tally.known);
    expect(run.open()).toEqual(plain);
  }
});

it('rows go on in a session that the core has opened, which is known as open then', () => {
  const run = newRun();
  const [first, ...rest] = ROWS;
  run.step(first as Row, 1);
  for (const [at, one] of rest.entries()) run.add(one, at + 2);
  run.sessions.take(run.handed(), run.tally.known);
  expect(run.open()).toEqual(stepped(ROWS).open());
  expect([...run.tally.known.subarray(0, 4)]).toEqual([KNOWN.OPEN, KNOWN.OPEN, KNOWN.OPEN, KNOWN.NOTHING]);
});

it('sessions that end now are flushed without being opened, each with its rows, as often as they are gone through', () => {
  const run = newRun();
  for (const [at, one] of ROWS.entries()) run.add(one, at + 1);
  const flushed = run.sessions.flushed(run.handed(), 'ALL_FILES');
  const plain = [...stepped(ROWS).state.open].map((session) =>
    writeRow({ session, type: 'ALL_FILES', at: NOW }),
  );
  expect([...flushed].map(writeRow)).toEqual(plain);
  expect([...flushed].map(writeRow)).toEqual(plain);
  expect(run.open()).toEqual([]);
});
