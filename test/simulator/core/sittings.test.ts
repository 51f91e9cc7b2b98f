import { expect, it } from 'vitest';
import { hasPauses, inSittings } from '../../../src/simulator/core/sittings.ts';

const HOUR_MS = 3_600_000;
const CYCLE = 3 * 3_600;

it.each([
  [2 * HOUR_MS - 1, false],
  [2 * HOUR_MS, true],
  [Number.POSITIVE_INFINITY, false],
])('shoppers have pauses in a run of %i ms: %s', (length, pauses) => {
  expect(hasPauses(length)).toBe(pauses);
});

/** Seconds at which a shopper does what is due at each second of some cycles. */
const doneAt = (shopper: number, cycles = 3) =>
  Array.from({ length: cycles * CYCLE }, (_, second) => inSittings((seconds) => seconds, shopper)(second));

it('what is due in a cycle of three hours is done in its first half, in its order', () => {
  const done = doneAt(0);
  const isLater = done.every((at, second) => second === 0 || at > (done[second - 1] ?? 0));
  const isPresent = done.every((at, second) => {
    const begin = Math.floor(second / CYCLE) * CYCLE;
    return at >= begin && at < begin + CYCLE / 2;
  });
  expect({ isLater, isPresent }).toEqual({ isLater: true, isPresent: true });
});

it('the pause between two sittings is longer than the half hour that ends a session', () => {
  for (const shopper of [0, 1, 17]) {
    const done = doneAt(shopper);
    const gaps = done.slice(1).map((at, index) => at - (done[index] ?? 0));
    expect(gaps.filter((gap) => gap > 30 * 60).length).toBeGreaterThanOrEqual(2);
  }
});

it('shoppers are spread over the cycle: about half of them are there at any time', () => {
  const shoppers = Array.from({ length: 200 }, (_, shopper) => {
    const done = inSittings((seconds) => seconds, shopper);
    return Array.from({ length: (3 * CYCLE) / 10 }, (_, tick) => done(tick * 10));
  });
  for (const moment of [CYCLE, CYCLE + 1_000, CYCLE + 5_000, CYCLE + 9_000]) {
    const present = shoppers.filter((times) => times.some((at) => Math.abs(at - moment) <= 10)).length;
    expect(Math.abs(present - 100)).toBeLessThan(12);
  }
});
