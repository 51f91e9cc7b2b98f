import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { steadyNow } from '../../src/broker/steady-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a wall clock that is set makes the steady clock neither stand nor jump', () => {
  const before = steadyNow();
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(1_000);
  vi.setSystemTime(Date.now() + 7_200_000);
  vi.advanceTimersByTime(1_000);
  expect(Math.abs(steadyNow() - before - 2_000)).toBeLessThanOrEqual(1);
  expect(Number.isInteger(steadyNow())).toBe(true);
});
