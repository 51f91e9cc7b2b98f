import { expect, it } from 'vitest';
import { grown, moved, PlainMemory } from '../../../src/aggregator/batch/plain-memory.ts';
import { PlainRows } from '../../../src/aggregator/batch/plain-rows.ts';
import type { TallyPlan } from '../../../src/aggregator/batch/tally-plan.ts';

const plan: TallyPlan = { group: [0], periods: [{ place: 2, period: 'DAY' }], fields: [1], carried: [] };
const COLUMNS = Int32Array.of(0, 1, 2);
const WIDTH = 8;

it('arrays move into the memory of WebAssembly once, and stay until one of them has to grow', () => {
  const memory = new PlainMemory(plan);
  expect([memory.rows, memory.isClosed]).toEqual([undefined, false]);
  const moves: PlainRows[] = [];
  const entered = memory.enter(COLUMNS, WIDTH, (rows) => moves.push(rows) > 0);
  expect(entered).toBeInstanceOf(PlainRows);
  expect(moves).toEqual([entered]);
  expect([memory.rows, memory.isClosed]).toEqual([entered, false]);
  memory.leave();
  expect([memory.rows, memory.isClosed]).toEqual([undefined, true]);
});

it('arrays that do not fit stay the own ones for good', () => {
  const memory = new PlainMemory(plan);
  expect(memory.enter(COLUMNS, WIDTH, () => false)).toBeUndefined();
  expect([memory.rows, memory.isClosed]).toEqual([undefined, true]);
});

it('where there is no memory of such a size, nothing moves', () => {
  const memory = new PlainMemory(plan);
  const moves: PlainRows[] = [];
  // Bytes for the cells of a batch beyond the 4 GiB that WebAssembly can have.
  const columns = Int32Array.of(0, 1, 10_000_000);
  expect(memory.enter(columns, WIDTH, (rows) => moves.push(rows) > 0)).toBeUndefined();
  expect([moves, memory.isClosed]).toEqual([[], true]);
});

it('a plan that carries texts has its arrays for itself', () => {
  const carrying = new PlainMemory({ ...plan, carried: [{ place: 1, last: true }] });
  expect(carrying.isClosed).toBe(true);
});

it.each([[Int32Array.of(1, -2, 3)], [Uint8Array.of(1, 2, 255)], [Float64Array.of(0.5, -1, 2 ** 53)]])(
  '%s grows to twice its length and moves with its values',
  (values) => {
    const larger = grown(values);
    expect(larger.constructor).toBe(values.constructor);
    expect([...larger]).toEqual([...values, 0, 0, 0]);
    const to = grown(grown(values)).fill(0);
    expect(moved<typeof values>(values, to)).toBe(to);
    expect([...to.subarray(0, 4)]).toEqual([...values, 0]);
  },
);
