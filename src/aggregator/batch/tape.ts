// The tape: a log of numbers to which a tally writes the totals of its rows, and what it hands over with it. WebAssembly writes to it
// too (wasm/plain-rows/sums.ts).

import { grown, moved, type PlainMemory } from './plain-memory.ts';
import type { PlainRows } from './plain-rows.ts';

/** Kinds of entries, each with the numbers that follow it. */
export const ENTRY = {
  /** slot, line: the first row since the slot's last TOTAL; not written once its session is FULL */
  BEGIN: 0,
  /** slot, first line, last line: adjacent rows, which a later TOTAL counts */
  RANGE: 1,
  /** slot, rows (0: only their lines), first and last line of the last range, 1 if that is exact or 0 if rows of others lie in it, the
   * index of its texts, then by field a scale and, in units of it, sum, minimum and maximum */
  TOTAL: 2,
  /** index of a row that is left to the core, or is faulty */
  OTHER: 3,
} as const;

/** What a tally hands over. The arrays are views of its own, valid until its next row. */
export type Handed = {
  readonly tape: Float64Array;
  /** The carried cells of each TOTAL, in the order of `carried`. */
  readonly texts: readonly (string | undefined)[];
  /** The keys of the new slots: the cells of each group, every cell followed by END. */
  readonly keys: Uint8Array;
  /** Where the key of each new slot ends. */
  readonly keyEnds: Int32Array;
  /** The periods of each new slot, as numbers of starts, counted over all that were handed over. */
  readonly periods: Int32Array;
  /** The starts of periods that are new. */
  readonly starts: readonly string[];
  /** Number of BEGINs on the tape. */
  readonly begun: number;
  /** By field, the scale of all its numbers on the tape; undefined where a field has several. */
  readonly scales: readonly number[] | undefined;
};

/** Bytes that UTF-8 never has: END follows each cell of a key, MISSING stands for a cell that is missing. */
export const END = 0xff;
export const MISSING = 0xfe;

/** Numbers of a field: sum, minimum and maximum. */
export const PER_FIELD = 3;
/** Where the fields of a TOTAL begin, and how many numbers each has: its scale too. */
export const NUMBERS = 7;
export const PER_TOTAL = 1 + PER_FIELD;

/** Length of an entry in numbers, its kind included. @param fields of a TOTAL */
export function lengthOf(entry: number, fields: number): number {
  if (entry === ENTRY.TOTAL) return NUMBERS + PER_TOTAL * fields;
  return entry === ENTRY.RANGE ? 4 : entry === ENTRY.OTHER ? 2 : 3;
}

/** What is known of a slot's session: FULL is one whose further ranges are not kept (Session.isFull). */
export const KNOWN = { NOTHING: 0, OPEN: 1, FULL: 2 } as const;

export class Tape {
  numbers: Float64Array = new Float64Array(16 * 1024);
  /** Numbers written. */
  written = 0;
  /** BEGINs written. */
  begun = 0;
  /** Whether each field's numbers have one scale. */
  isInOneScale = true;
  readonly #memory: PlainMemory;

  constructor(memory: PlainMemory) {
    this.#memory = memory;
  }

  begin(slot: number, line: number): void {
    this.begun += 1;
    const at = this.reserve(3);
    this.numbers[at] = ENTRY.BEGIN;
    this.numbers[at + 1] = slot;
    this.numbers[at + 2] = line;
  }

  range(slot: number, first: number, last: number): void {
    const at = this.reserve(4);
    this.numbers[at] = ENTRY.RANGE;
    this.numbers[at + 1] = slot;
    this.numbers[at + 2] = first;
    this.numbers[at + 3] = last;
  }

  other(index: number): void {
    const at = this.reserve(2);
    this.numbers[at] = ENTRY.OTHER;
    this.numbers[at + 1] = index;
  }

  /** Reserves numbers. @returns the index of the first */
  reserve(numbers: number): number {
    const at = this.written;
    this.written += numbers;
    if (this.written > this.numbers.length) {
      this.#memory.leave();
      this.numbers = grown(this.numbers);
    }
    return at;
  }

  /** Must be called before the scale of a field changes. */
  rescale(): void {
    if (this.written > 0) this.isInOneScale = false;
  }

  /** Hands over what is on the tape, as a view that is valid until the next entry, and begins anew. */
  take(): Float64Array {
    const taken = this.numbers.subarray(0, this.written);
    this.written = 0;
    this.begun = 0;
    this.isInOneScale = true;
    return taken;
  }

  fitsIn({ tape }: PlainRows): boolean {
    return this.numbers.length <= tape.length;
  }

  moveTo({ tape }: PlainRows): void {
    this.numbers = moved(this.numbers, tape);
  }
}
