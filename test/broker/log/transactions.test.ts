import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compactBatch } from '../../../src/broker/log/compaction.ts';
import { isAbort, markerBatch } from '../../../src/broker/log/control-batch.ts';
import { DecidedTransactions } from '../../../src/broker/log/decided-transactions.ts';
import { readHeader, TRANSACTIONAL } from '../../../src/broker/log/record-batch.ts';
import {
  type AbortedTransaction,
  AbortedTransactions,
  OpenTransactions,
} from '../../../src/broker/log/transactions.ts';
import { batch } from '../batch.ts';

/** What a producer does next: writes within a transaction or outside of one, or ends the transaction. */
type Act = { readonly producerId: number; readonly does: 'write' | 'write outside' | 'commit' | 'abort' };
const acts = fc.array(
  fc.record({
    producerId: fc.nat(3),
    does: fc.constantFrom<Act['does'][]>('write', 'write', 'write outside', 'commit', 'abort'),
  }),
  { maxLength: 40 },
);

function bytesOf({ producerId, does }: Act): Buffer {
  if (does === 'commit' || does === 'abort') return markerBatch(producerId, 0, does === 'commit', 0);
  return batch({ producerId, epoch: 0, sequence: 0, attributes: does === 'write' ? TRANSACTIONAL : 0 });
}

/** Each act is a batch of one record at the offset of its place. */
function noted(all: readonly Act[]) {
  const [open, aborted] = [new OpenTransactions(), new AbortedTransactions()];
  for (const [offset, act] of all.entries()) {
    const bytes = bytesOf(act);
    open.note({ ...readHeader(bytes, 0), baseOffset: offset, lastOffset: offset }, bytes, aborted);
  }
  return { open, aborted };
}

/** The first offset of each producer's transaction that is open before an offset, by a plain walk. */
function openBefore(all: readonly Act[], end: number): Map<number, number> {
  const first = new Map<number, number>();
  for (const [offset, { producerId, does }] of all.slice(0, end).entries()) {
    if (does === 'write') first.set(producerId, first.get(producerId) ?? offset);
    if (does === 'commit' || does === 'abort') first.delete(producerId);
  }
  return first;
}

it('the last stable offset is the first of all open transactions, also once they were stored', () => {
  fc.assert(
    fc.property(acts, (all) => {
      const expected = openBefore(all, all.length);
      const { open } = noted(all);
      const restored = new OpenTransactions();
      restored.restore(open.snapshot());
      for (const one of [open, restored]) {
        expect(one.firstOffset ?? Number.POSITIVE_INFINITY).toBe(Math.min(...expected.values()));
        for (const producerId of [0, 1, 2, 3]) expect(one.of(producerId)).toBe(expected.get(producerId));
      }
    }),
  );
});

it('each aborted transaction that had records is noted, with the last stable offset after its abort', () => {
  fc.assert(
    fc.property(acts, (all) => {
      const expected = all.flatMap(({ producerId, does }, lastOffset): AbortedTransaction[] => {
        const firstOffset = openBefore(all, lastOffset).get(producerId);
        if (does !== 'abort' || firstOffset === undefined) return [];
        const after = openBefore(all, lastOffset + 1);
        return [
          {
            producerId,
            firstOffset,
            lastOffset,
            lastStableOffset: Math.min(lastOffset + 1, ...after.values()),
          },
        ];
      });
      const { aborted } = noted(all);
      expect([...aborted.all()]).toEqual(expected);
      expect([...new AbortedTransactions(aborted.encode()).all()]).toEqual(expected);
      for (const offset of [0, all.length >> 1, all.length])
        expect([...aborted.endingFrom(offset)]).toEqual(expected.filter((one) => one.lastOffset >= offset));
    }),
  );
});

it.each([true, false])(
  'a marker that has got a delete horizon is still told from the other kind',
  (isCommit) => {
    const time = { now: 1_700_000_000_000, deleteRetentionMs: 86_400_000 };
    const marker = markerBatch(1, 0, isCommit, time.now);
    const kept = compactBatch(marker, new Map(), time, new DecidedTransactions([]));
    expect(kept?.length).toBeGreaterThan(marker.length);
    expect(isAbort(kept ?? marker)).toBe(!isCommit);
  },
);
