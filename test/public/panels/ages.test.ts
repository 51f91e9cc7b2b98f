import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/runtime/paths.ts';

type Ages = {
  told(arrivals: readonly number[], n?: number): void;
  painted(now: number): void;
  forget(): void;
  percentiles(now: number): { readonly p50: number; readonly p99: number } | undefined;
};
const { Ages }: { Ages: new () => Ages } = await import(path.join(packageRoot, 'public/js/panels/ages.js'));

const NOW = Date.UTC(2026, 2, 2, 9);

it('no age is known before a frame, whatever was told', () => {
  const ages = new Ages();
  ages.told([NOW - 5]);
  expect(ages.percentiles(NOW)).toBeUndefined();
});

it('an age is how old an event is in the frame that shows it, each time anew', () => {
  const ages = new Ages();
  ages.told([NOW - 100]);
  ages.painted(NOW + 20);
  ages.painted(NOW + 500);
  expect(ages.percentiles(NOW + 500)).toEqual({ p50: 120, p99: 120 });
});

it('an age counts for as many events as it stands for', () => {
  const ages = new Ages();
  ages.told([NOW - 10], 98);
  ages.told([NOW - 900, NOW - 800]);
  ages.painted(NOW);
  expect(ages.percentiles(NOW)).toEqual({ p50: 10, p99: 900 });
});

it('what was painted a minute ago is no part of the ages, nor what never was', () => {
  const ages = new Ages();
  ages.told([NOW - 10]);
  ages.painted(NOW);
  ages.told([NOW]);
  ages.forget();
  ages.painted(NOW + 1);
  expect(ages.percentiles(NOW + 59_999)).toEqual({ p50: 10, p99: 10 });
  expect(ages.percentiles(NOW + 60_000)).toBeUndefined();
});

it('a percentile of the page is the one that the server reckons, of the same ages', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }), (given) => {
      const ages = new Ages();
      ages.told(given.map((age) => NOW - age));
      ages.painted(NOW);
      const sorted = given.toSorted((a, b) => a - b);
      expect(ages.percentiles(NOW)?.p50).toBe(sorted[Math.floor(sorted.length / 2)]);
    }),
  );
});
