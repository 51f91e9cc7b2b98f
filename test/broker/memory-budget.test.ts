import { expect, it } from 'vitest';
import { MemoryBudget } from '../../src/broker/memory-budget.ts';

/** A budget, and the names of those who were granted bytes after they had to wait. */
function budgetOf(limit: number) {
  const granted: string[] = [];
  const budget = new MemoryBudget(limit);
  return { budget, granted, waiterOf: (name: string) => () => void granted.push(name) };
}

it('a budget grants at once what is free, up to the last byte', () => {
  const { budget, granted, waiterOf } = budgetOf(100);
  expect(budget.request(100, waiterOf('first'))).toBe(true);
  expect(budget.request(1, waiterOf('second'))).toBe(false);
  expect([budget.used, budget.free, granted]).toEqual([100, 0, []]);
});

it('a budget serves those who wait in their order, so that a small request does not overtake a large one', () => {
  const { budget, granted, waiterOf } = budgetOf(100);
  budget.request(60, waiterOf('first'));
  budget.request(80, waiterOf('large'));
  expect(budget.request(10, waiterOf('small'))).toBe(false);
  budget.give(30);
  expect(granted).toEqual([]);
  budget.give(30);
  expect(granted).toEqual(['large', 'small']);
  expect(budget.used).toBe(90);
});

it('a budget does not grant to one who has left, and serves those behind', () => {
  const { budget, granted, waiterOf } = budgetOf(100);
  budget.request(100, waiterOf('first'));
  const gone = waiterOf('gone');
  budget.request(50, gone);
  budget.request(60, waiterOf('next'));
  expect(budget.leave(gone)).toBe(true);
  budget.give(100);
  expect([granted, budget.used]).toEqual([['next'], 60]);
  expect(budget.leave(gone)).toBe(false);
});

it('a budget may be exceeded by a response that exists already: then nothing is free until it is given back', () => {
  const { budget, granted, waiterOf } = budgetOf(100);
  budget.take(150);
  expect(budget.free).toBe(0);
  budget.request(10, waiterOf('first'));
  budget.give(50);
  expect(granted).toEqual([]);
  budget.give(10);
  expect(granted).toEqual(['first']);
});
