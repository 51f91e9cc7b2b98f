import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomBelow, seededRandom } from '../../src/runtime/seeded-random.ts';

const numbers = (seed: number, count = 8) => Array.from({ length: count }, seededRandom(seed));

it('a seed gives the numbers that it always gave', () => {
  expect(numbers(1, 3)).toEqual([0.5374428329523653, 0.45416540931910276, 0.08243005652911961]);
  expect(numbers(2 ** 53 - 1, 3)).toEqual([0.9517915188334882, 0.029235636815428734, 0.4642444746568799]);
});

it('all of the low 53 bits of a seed count', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }), (seed, bit) => {
      const flipped = Number(BigInt(seed) ^ (1n << BigInt(bit)));
      expect(numbers(flipped)).not.toEqual(numbers(seed));
    }),
  );
});

it('numbers lie from 0 to below 1, evenly', () => {
  const tenths = Array<number>(10).fill(0);
  for (const number of numbers(7, 100_000)) {
    const tenth = Math.floor(number * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths).toHaveLength(10);
  // A standard deviation is 95.
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

it('a whole number below a limit is each of them, and never the limit', () => {
  const random = seededRandom(3);
  const seen = new Set(Array.from({ length: 200 }, () => randomBelow(random, 6)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(randomBelow(() => 1 - 2 ** -32, 2 ** 20)).toBe(2 ** 20 - 1);
});
