import { expect, it } from 'vitest';
import { clockLook } from '../../src/runtime/clock-jump.ts';

/** What is told where, before each look, five seconds pass and the wall clock is set by so many milliseconds. */
function told(...setBy: readonly number[]): number[] {
  const jumps: number[] = [];
  let clocks = { wall: 1_769_860_800_000, steady: 0 };
  const look = clockLook(
    500,
    (ms) => jumps.push(ms),
    () => clocks,
  );
  for (const ms of setBy) {
    clocks = { wall: clocks.wall + 5_000 + ms, steady: clocks.steady + 5_000 };
    look();
  }
  return jumps;
}

it('a clock that is set back is told once, with by how much', () => {
  expect(told(0, -3_600_000, 0, 0)).toEqual([3_600_000]);
  expect(told(-500, 0, -700)).toEqual([500, 700]);
});

it('a clock that is set forward, or back by less than matters, is not told', () => {
  expect(told(3_600_000, -499, 0, -499)).toEqual([]);
});

it('a clock that is set forward hides no later jump', () => {
  expect(told(3_600_000, -3_600_000)).toEqual([3_600_000]);
});
