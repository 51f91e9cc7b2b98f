import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PartitionOffset } from '../../../src/broker/group/offsets.ts';
import { fromStored, toStored } from '../../../src/broker/transaction/stored.ts';
import { emptyTransaction, type Transaction } from '../../../src/broker/transaction/transaction.ts';

const name = fc.string({ maxLength: 8 });
const offset: fc.Arbitrary<PartitionOffset> = fc.record({
  topic: name,
  partition: fc.nat(),
  committed: fc.record({ offset: fc.maxSafeNat(), metadata: fc.option(name), at: fc.maxSafeNat() }),
});
const ofGroup = fc.array(fc.tuple(name, offset), { maxLength: 3 }).map((entries) => new Map(entries));

test('a transaction is read from the journal as it was written, in whatever state', () => {
  const transaction: fc.Arbitrary<Transaction> = fc
    .record({
      state: fc.constantFrom<Transaction['state']>('Empty', 'Ongoing', 'PrepareCommit', 'CompleteAbort'),
      producerId: fc.maxSafeNat(),
      epoch: fc.integer({ min: -1, max: 32_767 }),
      partitions: fc.array(name).map((names) => new Set(names)),
      offsets: fc.array(fc.tuple(name, ofGroup), { maxLength: 3 }).map((entries) => new Map(entries)),
    })
    .map((changes) => ({ ...emptyTransaction('id', 5), ...changes }));
  fc.assert(
    fc.property(transaction, (one) => {
      expect(fromStored(one.id, JSON.parse(JSON.stringify(toStored(one))))).toEqual(one);
    }),
  );
});

test('the id of a transaction is its key in the journal alone', () => {
  expect(toStored(emptyTransaction('id', 0))).not.toHaveProperty('id');
});
