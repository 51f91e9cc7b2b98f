import fc from 'fast-check';
import { expect, it } from 'vitest';
import { paceOf } from '../../../src/simulator/core/pace.ts';

const users = fc.integer({ min: 1, max: 100_000 });
const rate = fc.double({ min: 0.1, max: 100_000, noNaN: true });

it('a pace comes to the rate within half a shopper, with no more shoppers than there are', () => {
  fc.assert(
    fc.property(users, rate, (most, wanted) => {
      const { shoppers, perShopper } = paceOf(most, wanted);
      expect(shoppers).toBeGreaterThanOrEqual(1);
      expect(shoppers).toBeLessThanOrEqual(most);
      expect(Math.abs(shoppers * perShopper - wanted)).toBeLessThanOrEqual(
        shoppers === 1 ? perShopper : 0.5 * perShopper + 1e-9 * wanted,
      );
    }),
  );
});

it('a pace is one of 32 steps an octave, at or just above what each shopper has to do', () => {
  fc.assert(
    fc.property(users, rate, (most, wanted) => {
      const { perShopper } = paceOf(most, wanted);
      const step = Math.log2(perShopper) * 32;
      expect(step).toBeCloseTo(Math.round(step), 6);
      expect(perShopper / (wanted / most)).toBeGreaterThan(1 - 1e-9);
      expect(perShopper / (wanted / most)).toBeLessThan(2 ** (1 / 32) + 1e-9);
    }),
  );
});

it('a pace leaves shoppers at most eight seconds between two actions, and less where they have much to do', () => {
  expect(paceOf(200, 0.2).thinkMs).toBe(8_000);
  expect(paceOf(200, 200).thinkMs).toBe(400);
});
