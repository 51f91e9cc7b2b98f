// The tape on which a tally writes what its rows have come to, and what it hands over with it.

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

/** The slots of another tally, as slots of this one. */
export type Foreign = {
  slots: Int32Array;
  count: number;
  readonly periods: number[];
};
export const foreign = (): Foreign => ({ slots: new Int32Array(512), count: 0, periods: [] });
