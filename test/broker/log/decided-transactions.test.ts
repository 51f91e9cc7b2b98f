import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markerBatch } from '../../../src/broker/log/control-batch.ts';
import { DecidedTransactions } from '../../../src/broker/log/decided-transactions.ts';
import { readHeader, stamp, TRANSACTIONAL } from '../../../src/broker/log/record-batch.ts';
import type { AbortedTransaction } from '../../../src/broker/log/transactions.ts';
import { batch } from '../batch.ts';

/** The header of a batch of one record at an offset. */
function headerAt(offset: number, producerId: number, attributes = TRANSACTIONAL) {
  const bytes = batch({ producerId, epoch: 0, sequence: 0, attributes });
  stamp(bytes, offset, 0);
  return readHeader(bytes, 0);
}
const marker = (producerId: number) => readHeader(markerBatch(producerId, 0, false, 0), 0);

const act = fc.record({
  producerId: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom('records', 'records', 'commit', 'abort'),
});

test('batches of aborted transactions are told from those of committed ones, of the same producer too', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const first = new Map<number, number>();
      const aborted: AbortedTransaction[] = [];
      // By the plain second way: each batch looks for the next marker of its producer.
      const isAborted = (offset: number, producerId: number) =>
        acts.find((one, at) => at > offset && one.producerId === producerId && one.kind !== 'records')
          ?.kind === 'abort';
      for (const [offset, { kind, producerId }] of acts.entries()) {
        const from = first.get(producerId);
        if (kind === 'records') first.set(producerId, from ?? offset);
        else first.delete(producerId);
        if (kind === 'abort' && from !== undefined)
          aborted.push({ producerId, firstOffset: from, lastOffset: offset, lastStableOffset: offset + 1 });
      }
      const decided = new DecidedTransactions(aborted.toReversed());
      for (const [offset, { kind, producerId }] of acts.entries())
        if (kind === 'records')
          expect([offset, decided.isAborted(headerAt(offset, producerId))]).toEqual([
            offset,
            isAborted(offset, producerId),
          ]);
    }),
  );
});

test('a batch outside of transactions is never aborted', () => {
  const decided = new DecidedTransactions([
    { producerId: 1, firstOffset: 0, lastOffset: 9, lastStableOffset: 10 },
  ]);
  expect([decided.isAborted(headerAt(5, 1)), decided.isAborted(headerAt(5, 1, 0))]).toEqual([true, false]);
});

test('a marker is needed while records of its transaction are left before it', () => {
  const decided = new DecidedTransactions([]);
  expect(decided.isNeeded(marker(1))).toBe(false);
  decided.leave(headerAt(0, 1));
  decided.leave(headerAt(1, 1));
  decided.leave(headerAt(2, 2, 0));
  expect([decided.isNeeded(marker(2)), decided.isNeeded(marker(1)), decided.isNeeded(marker(1))]).toEqual([
    ...[false, true, false],
  ]);
});
