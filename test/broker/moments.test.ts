import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callAt, endWithin, lookAfter } from '../../src/broker/moments.ts';
import { steadyNow } from '../../src/broker/steady-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('long waits', () => {
  it('long waits end at a whole second, up to a second early, and looks come up to a second late', () => {
    for (const wait of [4_000, 4_001, 5_000, 299_999]) {
      const now = steadyNow();
      expect(endWithin(wait) % 1_000).toBe(0);
      expect(endWithin(wait)).toBeLessThanOrEqual(now + wait);
      expect(endWithin(wait)).toBeGreaterThan(now + wait - 1_000);
      expect(lookAfter(now + wait) % 1_000).toBe(0);
      expect(lookAfter(now + wait)).toBeGreaterThanOrEqual(now + wait);
      expect(lookAfter(now + wait)).toBeLessThan(now + wait + 1_000);
      vi.advanceTimersByTime(123);
    }
  });

  it('long waits are what they are where they are short', () => {
    for (const wait of [0, 1, 100, 3_999]) {
      expect(endWithin(wait)).toBe(steadyNow() + wait);
      expect(lookAfter(steadyNow() + wait)).toBe(steadyNow() + wait);
    }
  });
});

describe('callAt', () => {
  it('callAt shares a timer among the calls of one time, and none is left where all are taken back', () => {
    const [one, other] = [vi.fn(), vi.fn()];
    const at = steadyNow() + 100;
    const forget = [callAt(at, one), callAt(at, other)];
    expect(vi.getTimerCount()).toBe(1);
    forget[0]?.();
    vi.advanceTimersByTime(101);
    expect([one, other].map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
    callAt(steadyNow() + 100, one)();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('callAt calls whoever asks again for the same time while it is called', () => {
    const again = vi.fn();
    const at = steadyNow() + 10;
    callAt(at, () => void callAt(at, again));
    vi.advanceTimersByTime(20);
    expect(again).toHaveBeenCalledTimes(1);
  });
});
