import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SparseIndex } from '../../../src/broker/log/sparse-index.ts';

type Batch = { readonly offset: number; readonly position: number; readonly time: number };

/** Batches end to end, some of them larger than the index's interval. */
const batches = fc
  .array(
    fc.record({
      records: fc.integer({ min: 1, max: 5 }),
      size: fc.integer({ min: 61, max: 6_000 }),
      time: fc.nat(50),
    }),
    { maxLength: 60 },
  )
  .map((sizes) => {
    let [offset, position] = [0, 0];
    return sizes.map(({ records, size, time }): Batch => {
      const batch = { offset, position, time };
      offset += records;
      position += size;
      return batch;
    });
  });

function indexOf(all: readonly Batch[]): SparseIndex {
  const index = new SparseIndex();
  let highest = -1;
  for (const { offset, position, time } of all) {
    index.add(offset, position, highest);
    highest = Math.max(highest, time);
  }
  return index;
}

it('an index points at or before the batch of each offset, less than an interval and a batch before it, also once it was stored', () => {
  fc.assert(
    fc.property(batches, (all) => {
      for (const index of [indexOf(all), SparseIndex.decode(indexOf(all).encode())])
        for (const { offset, position } of all) {
          const found = index.positionOf(offset);
          expect(found).toBeLessThanOrEqual(position);
          expect(position - found).toBeLessThan(4_096);
          expect(all.some((batch) => batch.position === found)).toBe(true);
        }
    }),
  );
});

it('an index points before every batch of a time or later, whatever the order of times', () => {
  fc.assert(
    fc.property(batches, fc.nat(51), (all, time) => {
      const first = all.find((batch) => batch.time >= time);
      expect(indexOf(all).positionOfTime(time)).toBeLessThanOrEqual(
        first?.position ?? Number.POSITIVE_INFINITY,
      );
    }),
  );
});

it('an index skips what lies before a time: it does not begin at the start of a segment whose times rise', () => {
  const rising = Array.from({ length: 20 }, (_, n) => ({ offset: n, position: n * 5_000, time: n }));
  expect(indexOf(rising).positionOfTime(10)).toBe(50_000);
  expect(indexOf(rising).positionOf(10)).toBe(50_000);
});
