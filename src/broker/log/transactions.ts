// The transactions of a partition: the open ones with their first offsets, the lowest of which is the last stable offset, and
// the aborted ones. A scan of the log restores both; a segment's seal stores them, so that none is needed.

import { isAbort } from './control-batch.ts';
import { type BatchHeader, isControl, isTransactional } from './record-batch.ts';

export type OpenTransaction = {
  readonly producerId: number;
  readonly firstOffset: number;
};

export class OpenTransactions {
  /** First offsets by producer, lowest first. */
  #first = new Map<number, number>();

  /** The lowest first offset; undefined where none is open. */
  get firstOffset(): number | undefined {
    if (this.#first.size === 0) return undefined; // the usual case, asked at every append: no iterator for it
    for (const offset of this.#first.values()) return offset;
    return undefined;
  }

  /** The first offset of a producer's open transaction. */
  of(producerId: number): number | undefined {
    return this.#first.get(producerId);
  }

  /** Records a batch. @param aborted of the segment that holds the batch; an abort marker's transaction is added to it */
  note(header: BatchHeader, batch: Buffer, aborted: AbortedTransactions): void {
    if (!isTransactional(header)) return;
    const { producerId, baseOffset, lastOffset } = header;
    const firstOffset = this.#first.get(producerId);
    if (!isControl(header)) {
      if (firstOffset === undefined) this.#first.set(producerId, baseOffset);
      return;
    }
    this.#first.delete(producerId);
    if (firstOffset === undefined || !isAbort(batch)) return;
    const lastStableOffset = this.firstOffset ?? lastOffset + 1;
    aborted.add({ producerId, firstOffset, lastOffset, lastStableOffset });
  }

  snapshot(): OpenTransaction[] {
    return [...this.#first].map(([producerId, firstOffset]) => ({ producerId, firstOffset }));
  }

  restore(open: readonly OpenTransaction[]): void {
    this.#first = new Map(open.map(({ producerId, firstOffset }) => [producerId, firstOffset]));
  }
}

export type AbortedTransaction = OpenTransaction & {
  /** Offset of its marker. */
  readonly lastOffset: number;
  /** The last stable offset after its abort: a transaction whose marker comes later starts there or after it. */
  readonly lastStableOffset: number;
};

const FIELDS = 4;

const byFirstOffset = (one: AbortedTransaction, other: AbortedTransaction): number =>
  one.firstOffset - other.firstOffset;

/**
 * The aborted transactions with records between two offsets, `endOffset` excluded, lowest first offset first.
 * @param segments in the order of their offsets
 */
export function abortedWithin(
  segments: Iterable<{ readonly nextOffset: number; readonly aborted: AbortedTransactions }>,
  offset: number,
  endOffset: number,
): AbortedTransaction[] {
  const found: AbortedTransaction[] = [];
  for (const segment of segments) {
    if (segment.nextOffset <= offset || segment.aborted.length === 0) continue;
    for (const aborted of segment.aborted.endingFrom(offset)) {
      if (aborted.firstOffset < endOffset) found.push(aborted);
      if (aborted.lastStableOffset >= endOffset) return found.sort(byFirstOffset);
    }
  }
  return found.sort(byFirstOffset);
}

/** The transactions whose abort marker lies in one segment, in the order of their markers; 32 bytes each. */
export class AbortedTransactions {
  #fields: number[];

  constructor(fields: readonly number[] = []) {
    this.#fields = [...fields];
  }

  get length(): number {
    return this.#fields.length / FIELDS;
  }

  add({ producerId, firstOffset, lastOffset, lastStableOffset }: AbortedTransaction): void {
    this.#fields.push(producerId, firstOffset, lastOffset, lastStableOffset);
  }

  #at(index: number): AbortedTransaction {
    const at = index * FIELDS;
    const field = (n: number) => this.#fields[at + n] ?? -1;
    return { producerId: field(0), firstOffset: field(1), lastOffset: field(2), lastStableOffset: field(3) };
  }

  *all(): Generator<AbortedTransaction> {
    for (let i = 0; i < this.length; i++) yield this.#at(i);
  }

  /** Those whose marker is at `offset` or after it. */
  *endingFrom(offset: number): Generator<AbortedTransaction> {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(middle).lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    for (; low < this.length; low++) yield this.#at(low);
  }

  /** The numbers that a seal stores, as the constructor takes them. */
  encode(): readonly number[] {
    return this.#fields;
  }
}
