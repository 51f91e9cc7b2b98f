import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tally } from '../../src/simulator/tally.ts';

it('a tally counts sends by their faults and by what is expected of them', () => {
  const tally = new Tally();
  tally.add({ expect: 'stored', faults: ['late', 'duplicate'] });
  tally.add({ expect: 'duplicate', faults: ['duplicate'] });
  tally.add({ expect: 'not_an_event', faults: ['malformed'] });
  expect(tally.sends).toBe(3);
  expect(Object.fromEntries(tally.faults)).toEqual({ late: 1, duplicate: 2, malformed: 1 });
  expect(tally.rejected).toBe(1);
});

it('a tally has no quantile before the first response', () => {
  expect(new Tally().quantile(0.5)).toBeUndefined();
});

it('a tally has quantiles that are at most a tenth above the true ones', () => {
  const latency = fc.double({ min: 0.5, max: 600_000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.01, 0.5, 0.99, 1),
      (all, share) => {
        const tally = new Tally();
        for (const ms of all) tally.latency(ms);
        const sorted = all.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(share * all.length - 1e-9) - 1] ?? 0;
        const found = tally.quantile(share) ?? 0;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThan(exact * 1.1 + 1e-9);
      },
    ),
  );
});
