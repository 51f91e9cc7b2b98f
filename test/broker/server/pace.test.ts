import { expect, it } from 'vitest';
import { Pace } from '../../../src/broker/server/pace.ts';

it('a transfer is too slow once it takes longer than its bytes at 100 a millisecond, and the timeout', () => {
  const pace = new Pace();
  pace.begin(1_000_000, 5_000);
  expect(pace.isTooSlow(5_000 + 10_000 + 300, 300)).toBe(false);
  expect(pace.isTooSlow(5_000 + 10_000 + 301, 300)).toBe(true);
});

it('no transfer is never too slow', () => {
  const pace = new Pace();
  expect(pace.isTooSlow(1e12, 0)).toBe(false);
  pace.begin(500, 0);
  expect(pace.end()).toBe(500);
  expect(pace.isTooSlow(1e12, 0)).toBe(false);
});

it('the time of several transfers counts from the oldest that is not over', () => {
  const pace = new Pace();
  pace.begin(1_000, 0);
  pace.begin(1_000, 900);
  pace.end(1_000);
  expect(pace.bytes).toBe(1_000);
  expect(pace.isTooSlow(1_011, 1_000)).toBe(true);
  pace.end();
  pace.begin(1_000, 2_000);
  expect(pace.isTooSlow(3_010, 1_000)).toBe(false);
});
