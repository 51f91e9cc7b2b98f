// The transactions before the last stable offset, for a pass of compaction: it removes the records of aborted ones, and a marker
// once its transaction has no record left. Methods are called with the batches in the order of the log.

import { type BatchHeader, isTransactional } from './record-batch.ts';
import type { AbortedTransaction } from './transactions.ts';

export class DecidedTransactions {
  /** By producer, in the order of their markers. */
  #aborted = new Map<number, AbortedTransaction[]>();
  /** Producers with records left since their last marker. */
  #left = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    for (const one of [...aborted].sort((a, b) => a.lastOffset - b.lastOffset)) {
      const ofProducer = this.#aborted.get(one.producerId);
      if (ofProducer) ofProducer.push(one);
      else this.#aborted.set(one.producerId, [one]);
    }
  }

  /** Whether a batch of records belongs to an aborted transaction. */
  isAborted(header: BatchHeader): boolean {
    if (!isTransactional(header)) return false;
    const ofProducer = this.#aborted.get(header.producerId) ?? [];
    let low = 0;
    let high = ofProducer.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ofProducer[middle]?.lastOffset ?? 0) < header.baseOffset) low = middle + 1;
      else high = middle;
    }
    const next = ofProducer[low];
    return next !== undefined && next.firstOffset <= header.baseOffset;
  }

  /** Notes a batch with records that are left. */
  leave(header: BatchHeader): void {
    if (isTransactional(header)) this.#left.add(header.producerId);
  }

  /** Whether records of the marker's transaction are left; called once for each marker. */
  isNeeded(marker: BatchHeader): boolean {
    return this.#left.delete(marker.producerId);
  }
}
