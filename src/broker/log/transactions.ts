// What a partition knows of transactions: which producers have one open here, from which offset on, and which were aborted.
// What lies before the first offset of all that are open is decided: the last stable offset. Both are found again by reading
// the log; a segment's seal keeps them, so that a start need not.

import { isAbort } from './control-batch.ts';
import { type BatchHeader, isControl, isTransactional } from './record-batch.ts';

export type OpenTransaction = {
  readonly producerId: number;
  readonly firstOffset: number;
};

export class OpenTransactions {
  /** First offsets by producer, in their order. */
  #first = new Map<number, number>();

  /** The lowest first offset; undefined where none is open. */
  get firstOffset(): number | undefined {
    for (const offset of this.#first.values()) return offset;
    return undefined;
  }

  /** The first offset of a producer's open transaction. */
  of(producerId: number): number | undefined {
    return this.#first.get(producerId);
  }

  /** Takes note of a batch; an abort is noted in the `aborted` of the segment that holds its marker. */
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
  /** Of its marker. */
  readonly lastOffset: number;
  /** Where the log was undecided once it was aborted: what was aborted later starts there, or behind. */
  readonly lastStableOffset: number;
};

const FIELDS = 4;

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

  /** Those whose marker lies at an offset or behind it. */
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

  /** As a seal keeps them. */
  encode(): readonly number[] {
    return this.#fields;
  }
}
