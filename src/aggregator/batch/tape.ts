// The tape on which a tally writes what its rows have come to, and what it hands over with it. WebAssembly writes on it too
// (wasm/plain-rows/sums.ts).

import { grown, moved, type PlainMemory } from './plain-memory.ts';
import type { PlainRows } from './plain-rows.ts';

/** Entries of a tape, with the numbers that follow each. */
export const ENTRY = {
  /** slot, line: of the first row since the last TOTAL, where not all of the slot's ranges were told before */
  BEGIN: 0,
  /** slot, first line, last line: rows that follow each other */
  RANGE: 1,
  /** slot, rows (0: only places), first and last line of the last range, 0 where other rows lie in it, the index of its texts, then
   * by field a scale, and in units of it sum, minimum and maximum */
  TOTAL: 2,
  /** index of a row that was left to the core, or is a fault */
  OTHER: 3,
} as const;

/** What a tally hands over. Arrays are its own, and good until it is asked for more. */
export type Handed = {
  readonly tape: Float64Array;
  /** The carried cells of each TOTAL, in the order of `carried`. */
  readonly texts: readonly (string | undefined)[];
  /** Of the slots that are new: the cells of the group, each with END behind it. */
  readonly keys: Uint8Array;
  /** Where the cells of each end. */
  readonly keyEnds: Int32Array;
  /** The periods of each, by their number in `starts`. */
  readonly periods: Int32Array;
  /** The new starts of periods. */
  readonly starts: readonly string[];
  /** How many BEGINs are on the tape. */
  readonly begun: number;
  /** By field the scale of all its numbers on the tape; undefined where they have several. */
  readonly scales: readonly number[] | undefined;
};

/** No bytes of UTF-8: what ends each cell of a key, and what stands for one that is missing. */
export const END = 0xff;
export const MISSING = 0xfe;

/** Of a field in a row and on the tape: sum, minimum and maximum. */
export const PER_FIELD = 3;
/** Where the numbers of a TOTAL begin on the tape, and how many each field has. */
export const NUMBERS = 7;
export const PER_TOTAL = 1 + PER_FIELD;

/** How many numbers an entry has. @param fields of a TOTAL */
export function lengthOf(entry: number, fields: number): number {
  if (entry === ENTRY.TOTAL) return NUMBERS + PER_TOTAL * fields;
  return entry === ENTRY.RANGE ? 4 : entry === ENTRY.OTHER ? 2 : 3;
}

/** What is known of a slot's session. */
export const KNOWN = { NOTHING: 0, OPEN: 1, FULL: 2 } as const;

export class Tape {
  numbers: Float64Array = new Float64Array(16 * 1024);
  /** How many numbers are on it. */
  written = 0;
  /** How many BEGINs are on it. */
  begun = 0;
  /** Whether all numbers of a field are in one scale. */
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

  /** Where so many more numbers begin. */
  reserve(numbers: number): number {
    const at = this.written;
    this.written += numbers;
    if (this.written > this.numbers.length) {
      this.#memory.leave();
      this.numbers = grown(this.numbers);
    }
    return at;
  }

  /** A scale of a field is about to be another one. */
  rescale(): void {
    if (this.written > 0) this.isInOneScale = false;
  }

  /** What is on the tape, of which another one begins. */
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
