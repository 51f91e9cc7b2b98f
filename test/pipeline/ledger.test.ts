// The ledger as pure arithmetic; proof.test has it against a real line.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../src/pipeline/ledger.ts';

const ends = (end: bigint) => [{ partition: 0, start: 0n, end }];
const counts = (next: bigint, inserted: bigint, from = 0n) => [
  { partition: 0, next, counted: { from, inserted, repeated: 1n, setAside: 2n, absent: 0n } },
];

describe('the ledger', () => {
  it('the ledger is whole where every record that was passed is counted, and the rest is on the way', () => {
    expect(ledgerOf(ends(20n), counts(13n, 10n))).toEqual({
      acknowledged: 20,
      stored: 10,
      repeated: 1,
      set_aside: 2,
      absent: 0,
      on_the_way: 7,
      missing: 0,
      whole: true,
    });
  });

  it.each([
    ['a row is missing', 9n, 1],
    ['a row was stored twice', 11n, 1],
  ])('the ledger is not whole where %s', (_what, inserted, missing) => {
    expect(ledgerOf(ends(20n), counts(13n, inserted))).toMatchObject({ missing, whole: false });
  });

  it('the ledger is not whole where Kafka has less than was once read from it, unless it was asked before', () => {
    expect(ledgerOf(ends(11n), counts(13n, 10n))).toMatchObject({ missing: 2, whole: false, on_the_way: 0 });
    expect(ledgerOf(ends(11n), counts(13n, 10n), false)).toMatchObject({ missing: 0, whole: true });
  });

  it('the ledger counts from where it began: what an earlier version stored is not asked for', () => {
    const old = [{ partition: 0, next: 50n, counted: undefined }];
    expect(ledgerOf(ends(60n), old)).toMatchObject({ acknowledged: 10, on_the_way: 10, whole: true });
    expect(ledgerOf(ends(60n), counts(53n, 10n, 40n))).toMatchObject({ acknowledged: 20, whole: true });
  });
});
