import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchClockJump } from '../../src/runtime/clock-jump.ts';
import { SELDOM_MS } from '../../src/runtime/look-every.ts';

let end: () => void;
let jumps: number[];

beforeEach(() => {
  vi.useFakeTimers();
  jumps = [];
  end = watchClockJump(500, (ms) => jumps.push(Math.round(ms)));
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

/** The wall clock is set by so many milliseconds; the monotonic one goes on. */
const setBy = (ms: number) => vi.setSystemTime(Date.now() + ms);

it('a clock that is set back is told once, with by how much', () => {
  vi.advanceTimersByTime(3_000);
  setBy(-3_600_000);
  vi.advanceTimersByTime(SELDOM_MS);
  expect(jumps).toEqual([3_600_000]);
});

it('a clock that is set forward, or back by less than matters, is not told', () => {
  setBy(3_600_000);
  vi.advanceTimersByTime(SELDOM_MS);
  setBy(-499);
  vi.advanceTimersByTime(SELDOM_MS);
  expect(jumps).toEqual([]);
  setBy(-500);
  vi.advanceTimersByTime(SELDOM_MS);
  expect(jumps).toEqual([500]);
});

it('nothing is told once the watch has ended', () => {
  end();
  setBy(-3_600_000);
  vi.advanceTimersByTime(SELDOM_MS);
  expect(jumps).toEqual([]);
});
