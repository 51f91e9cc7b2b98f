import { expect, it } from 'vitest';
import { Tally } from '../../../src/aggregator/batch/tally.ts';
import type { TallyPlan } from '../../../src/aggregator/batch/tally-plan.ts';
import { ENTRY, type Handed, lengthOf } from '../../../src/aggregator/batch/tape.ts';
import { plainRow } from './plain-row.ts';

const plan: TallyPlan = { group: [0], periods: [], fields: [1], carried: [] };

function newTally(room = 10) {
  const tally = new Tally(plan);
  tally.room = room;
  return tally;
}

/** What another tally hands over of rows from line 1 on; a number stands for a row that is left to the core. */
function handedBy(tally: Tally, ...rows: (readonly [string, string] | number)[]): Handed {
  for (const [at, row] of rows.entries())
    if (typeof row === 'number') {
      tally.settle();
      tally.other(row);
    } else expect(tally.add(plainRow(...row), at + 1)).toBe(true);
  tally.settle();
  return tally.take();
}

function entriesOf(tally: Tally): number[][] {
  tally.settle();
  const { tape } = tally.take();
  const entries: number[][] = [];
  for (let at = 0; at < tape.length; at += lengthOf(tape[at] ?? 0, 1))
    entries.push([...tape.subarray(at, at + lengthOf(tape[at] ?? 0, 1))]);
  return entries;
}

it("another tally's rows are taken in behind this one's own, into the slot of the same group", () => {
  const own = newTally();
  own.add(plainRow('bert', '1'), 1);
  own.add(plainRow('anna', '2'), 2);
  const foreign = own.foreign();
  const handed = handedBy(newTally(), ['anna', '3'], ['anna', '-4'], ['carl', '5']);
  foreign.learn(handed);
  expect(foreign.fits(handed, 0)).toBe(true);
  expect(foreign.merge(handed, 2, () => {})).toBe(3);
  const totals = entriesOf(own).filter(([entry]) => entry === ENTRY.TOTAL);
  // Slot, rows, the last range, whether it has no gaps, texts, scale, sum, least and most.
  expect(totals.map(([, ...numbers]) => numbers)).toEqual([
    [0, 1, 1, 1, 1, 0, 0, 1, 1, 1],
    [1, 3, 2, 4, 1, 0, 0, 1, -4, 3],
    [2, 1, 5, 5, 1, 0, 0, 5, 5, 5],
  ]);
});

it('rows that were left to the core are told by their numbers, in their order', () => {
  const own = newTally();
  const foreign = own.foreign();
  const handed = handedBy(newTally(), ['anna', '1'], 7, ['anna', '2'], 3);
  foreign.learn(handed);
  const told: number[] = [];
  expect(foreign.merge(handed, 0, (index) => told.push(index))).toBe(2);
  expect(told).toEqual([7, 3]);
});

it('what might open more sessions than there is room for does not fit; a group that is known needs no room', () => {
  const own = newTally(2);
  own.add(plainRow('anna', '1'), 1);
  const foreign = own.foreign();
  const known = handedBy(newTally(), ['anna', '1'], ['bert', '1']);
  foreign.learn(known);
  expect([0, 1, 2].map((others) => foreign.fits(known, others))).toEqual([true, false, false]);
  const more = own.foreign();
  const three = handedBy(newTally(), ['bert', '1'], ['carl', '1']);
  more.learn(three);
  expect(more.fits(three, 0)).toBe(false);
});

it('slots are learnt beyond the first hundreds, and none of them is told before its session is full', () => {
  const own = newTally(2_000);
  const foreign = own.foreign();
  const groups = Array.from({ length: 1_500 }, (_, group) => [`g${group}`, String(group)] as const);
  const handed = handedBy(newTally(2_000), ...groups);
  foreign.learn(handed);
  expect(foreign.merge(handed, 0, () => {})).toBe(1_500);
  const told = foreign.told();
  expect([told.length, told.includes(1)]).toEqual([1_500, false]);
  const sums = entriesOf(own).flatMap(([entry, slot, , , , , , , sum]) =>
    entry === ENTRY.TOTAL ? [[slot, sum]] : [],
  );
  expect(sums).toEqual(groups.map((_, group) => [group, group]));
});
