import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lookEvery } from '../../src/runtime/look-every.ts';

/** A pace that nothing else in this process looks at. */
const PACE_MS = 617;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('looks at the same pace share one timer, which ends with the last of them', () => {
  const looks = [vi.fn(), vi.fn()];
  const ends = looks.map((look) => lookEvery(PACE_MS, look));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2 * PACE_MS);
  expect(looks.map((look) => look.mock.calls.length)).toEqual([2, 2]);
  ends[0]?.();
  vi.advanceTimersByTime(PACE_MS);
  expect(looks.map((look) => look.mock.calls.length)).toEqual([2, 3]);
  ends[1]?.();
  expect(vi.getTimerCount()).toBe(0);
});

it('a look that is given twice is ended once, and one that has ended cannot end a later one', () => {
  const look = vi.fn();
  const [first, second] = [lookEvery(PACE_MS, look), lookEvery(PACE_MS, look)];
  first();
  first();
  vi.advanceTimersByTime(PACE_MS);
  expect(look).toHaveBeenCalledTimes(1);
  second();
  const third = lookEvery(PACE_MS, look);
  first();
  second();
  vi.advanceTimersByTime(PACE_MS);
  expect(look).toHaveBeenCalledTimes(2);
  third();
});

it('a look may end itself', () => {
  const look = vi.fn();
  const end = lookEvery(PACE_MS, () => {
    look();
    end();
  });
  vi.advanceTimersByTime(5 * PACE_MS);
  expect(look).toHaveBeenCalledTimes(1);
});
