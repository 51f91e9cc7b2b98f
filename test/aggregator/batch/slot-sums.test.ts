// What the rows of a slot come to on the tape.

import { expect, it } from 'vitest';
import { PlainMemory } from '../../../src/aggregator/batch/plain-memory.ts';
import { SlotSums } from '../../../src/aggregator/batch/slot-sums.ts';
import type { TallyPlan } from '../../../src/aggregator/batch/tally-plan.ts';
import { ENTRY, KNOWN, lengthOf, Tape } from '../../../src/aggregator/batch/tape.ts';
import { MOST_RANGES } from '../../../src/aggregator/core/session.ts';
import { plainRow } from './plain-row.ts';

const plan: TallyPlan = { group: [0], periods: [], fields: [0], carried: [] };

function newSums() {
  const memory = new PlainMemory(plan);
  const tape = new Tape(memory);
  const sums = new SlotSums(plan, memory, tape);
  const add = (slot: number, number: string, line: number) => {
    const row = plainRow(number);
    if (!sums.readFields(row)) return false;
    sums.add(slot, row, line);
    return true;
  };
  /** The entries of the tape, each without what its length says. */
  const entries = () => {
    sums.settle();
    const numbers = tape.take();
    const found: number[][] = [];
    for (let at = 0; at < numbers.length; at += lengthOf(numbers[at] ?? 0, plan.fields.length))
      found.push([...numbers.subarray(at, at + lengthOf(numbers[at] ?? 0, plan.fields.length))]);
    return found;
  };
  return { tape, sums, add, entries };
}

it('rows that follow each other are one range, told with their number, sum, least and most', () => {
  const { add, entries } = newSums();
  for (const [at, number] of ['3', '-2', '7'].entries()) add(0, number, 10 + at);
  expect(entries()).toEqual([
    [ENTRY.BEGIN, 0, 10],
    [ENTRY.TOTAL, 0, 3, 10, 12, 1, 0, 0, 8, -2, 7],
  ]);
});

it('a gap between rows ends a range', () => {
  const { add, entries } = newSums();
  add(0, '1', 1);
  add(1, '5', 2);
  add(0, '1', 3);
  expect(entries()).toEqual([
    [ENTRY.BEGIN, 0, 1],
    [ENTRY.BEGIN, 1, 2],
    [ENTRY.RANGE, 0, 1, 1],
    [ENTRY.TOTAL, 0, 2, 3, 3, 1, 0, 0, 2, 1, 1],
    [ENTRY.TOTAL, 1, 1, 2, 2, 1, 0, 0, 5, 5, 5],
  ]);
});

it('of more ranges than a session keeps only the first are told, and the last one is said to have gaps', () => {
  const { add, entries } = newSums();
  for (let at = 0; at < MOST_RANGES + 5; at += 1) add(0, '1', 2 * at);
  const told = entries();
  expect(told.filter(([entry]) => entry === ENTRY.RANGE)).toHaveLength(MOST_RANGES);
  expect(told.at(-1)?.[5]).toBe(0);
});

it('a longer fraction settles what was in a coarser scale, and the tape has no scale of its own then', () => {
  const { add, entries, sums, tape } = newSums();
  add(0, '1', 1);
  expect(tape.isInOneScale).toBe(true);
  add(0, '0.25', 2);
  expect(tape.isInOneScale).toBe(false);
  expect(sums.scales).toEqual([2]);
  expect(entries().filter(([entry]) => entry === ENTRY.TOTAL)).toEqual([
    [ENTRY.TOTAL, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1],
    [ENTRY.TOTAL, 0, 1, 2, 2, 1, 0, 2, 25, 25, 25],
  ]);
});

it('a sum that would leave the integers of a double is told before', () => {
  const { add, entries } = newSums();
  const large = '999999999999999';
  for (let line = 1; line <= 12; line += 1) add(0, large, line);
  const totals = entries().filter(([entry]) => entry === ENTRY.TOTAL);
  expect(totals.map(([, , rows]) => rows)).toEqual([9, 3]);
  expect(totals.reduce((sum, [, , , , , , , , units = 0]) => sum + BigInt(units), 0n)).toBe(
    12n * BigInt(large),
  );
});

it.each(['', 'x', '1e3', '1234567890123456'])('the cell "%s" is left to the core', (cell) => {
  const { add } = newSums();
  expect(add(0, cell, 1)).toBe(false);
});

it('a session is opened once, and of one that is full no more ranges are told', () => {
  const { add, entries, sums } = newSums();
  sums.room = 2;
  add(0, '1', 1);
  entries();
  add(0, '1', 2);
  expect([sums.room, sums.known[0]]).toEqual([1, KNOWN.OPEN]);
  entries();
  sums.known[0] = KNOWN.FULL;
  expect(sums.isTold(0)).toBe(true);
  add(0, '1', 3);
  add(0, '1', 5);
  expect(entries()).toEqual([[ENTRY.TOTAL, 0, 2, 3, 5, 0, 0, 0, 2, 1, 1]]);
});
