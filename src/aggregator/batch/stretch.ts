// Reads a stretch of a large CSV file, from about one byte to about another, and adds up its rows. It begins at what seems to be a row;
// whether that is one is known once the stretch before it was read to its end.

import { closeSync, openSync, readSync } from 'node:fs';
import type { Cell } from '../core/cell.ts';
import { CsvReader } from './csv.ts';
import { findRow } from './find-row.ts';
import { BLOCK_BYTES, type Next } from './input.ts';
import { Tally } from './tally.ts';
import type { TallyPlan } from './tally-plan.ts';
import type { Handed } from './tape.ts';

/** A stretch with more rows that are not plain is left to the core as a whole. */
const MOST_OTHERS = 100_000;

export type StretchFile = {
  readonly path: string;
  readonly names: readonly string[];
  readonly plan: TallyPlan;
  readonly columns: Int32Array;
  /** Limit of open sessions. */
  readonly most: number;
};
/** Rows that begin behind the first line break from `from - 1` on, and before `end`. */
export type StretchPlace = { readonly from: number; readonly end: number };
/** A row that is left to the core, or the fault of one, with its line in the stretch, from 1. */
export type OtherRow = { readonly line: number } & (
  | { readonly cells: readonly Cell[] }
  | { readonly message: string }
);
export type Stretch = Handed & {
  /** Where its first row began; undefined where none was found. */
  readonly begin: number | undefined;
  /** Where the row behind it begins; the line is counted from 1 in the stretch. */
  readonly next: Pick<Next, 'byte' | 'line'>;
  /** In the order of their lines; undefined where they were too many, or a row was too long: the stretch is useless then. */
  readonly others: readonly OtherRow[] | undefined;
};

/**
 * Copies a stretch out of its reader's arrays, so that it can be sent to another thread.
 * @param spare memory for the tape, used where it is large enough
 */
export function ownedStretch(stretch: Stretch, spare?: ArrayBuffer): Stretch {
  const { tape, keys, keyEnds, periods } = stretch;
  const isSpare = spare !== undefined && spare.byteLength >= tape.byteLength;
  const copy = new Float64Array(isSpare ? spare : new ArrayBuffer(tape.byteLength), 0, tape.length);
  copy.set(tape);
  return { ...stretch, tape: copy, keys: keys.slice(), keyEnds: keyEnds.slice(), periods: periods.slice() };
}

/** Reads stretches of one file, in their order. */
export class StretchReader {
  readonly #file: StretchFile;
  readonly #tally: Tally;
  readonly #block: Buffer;

  /** @param blockBytes bytes that are read at a time: a longer row ends its stretch */
  constructor(file: StretchFile, blockBytes = BLOCK_BYTES) {
    this.#block = Buffer.allocUnsafe(blockBytes);
    this.#file = file;
    this.#tally = new Tally(file.plan);
    this.#tally.room = file.most;
  }

  /** Reads a stretch. @param told by slot, 1 where the session needed no more ranges when the stretch was asked for */
  read({ from, end }: StretchPlace, told: Uint8Array): Stretch {
    this.#tally.tell(told);
    const file = openSync(this.#file.path, 'r');
    try {
      return this.#read(file, from, end);
    } finally {
      closeSync(file);
    }
  }

  #read(file: number, from: number, end: number): Stretch {
    const { names, columns } = this.#file;
    const begin = this.#begin(file, from);
    const others: OtherRow[] = [];
    const other = (row: OtherRow) => this.#tally.other(others.push(row) - 1);
    const reader = new CsvReader(
      names,
      (cells, line) => {
        this.#tally.settle();
        other({ cells: [...cells], line });
      },
      (message, line) => other({ message, line }),
      (row, line) => this.#tally.add(row, line),
      { byte: begin ?? from, line: 1, columns, end },
      (...rows) => this.#tally.addRows(...rows),
    );
    const isFew = () => others.length <= MOST_OTHERS;
    const counts = begin !== undefined && this.#readRows(file, begin, reader, isFew) && isFew();
    this.#tally.settle();
    const { byte, line } = reader.next;
    return { ...this.#tally.take(), begin, next: { byte, line }, others: counts ? others : undefined };
  }

  /** @returns false for a row that is longer than a block */
  #readRows(file: number, begin: number, reader: CsvReader, goesOn: () => boolean): boolean {
    const { length } = this.#block;
    for (let at: number | undefined = begin; at !== undefined && goesOn(); ) {
      const block = readFull(file, this.#block, at);
      if (block.length < length) {
        if (reader.write(block)) reader.end();
        return true;
      }
      const read = reader.readRows(block);
      if (read === 0) return false;
      at = read === undefined ? undefined : at + read;
    }
    return true;
  }

  #begin(file: number, from: number): number | undefined {
    const found = findRow(readFull(file, this.#block, from - 1), this.#file.columns.length);
    return found === -1 ? undefined : from - 1 + found;
  }
}

/** Fills the block from a byte of the file on. It is shorter only at the end of the file: a single read may give less anywhere. */
function readFull(file: number, block: Buffer, place: number): Buffer {
  let filled = 0;
  for (let read = -1; read !== 0 && filled < block.length; filled += read)
    read = readSync(file, block, filled, block.length - filled, place + filled);
  return block.subarray(0, filled);
}
