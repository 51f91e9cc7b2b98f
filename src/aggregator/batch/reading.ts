// What a reader of a file is asked for, and what it tells.

import type { Cell } from '../core/cell.ts';

/** The file can't be read, or no further. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

export type OnRecord = (cells: readonly Cell[], line: number) => void;
export type OnFault = (message: string, line: number) => void;

/** Where the cells of a row are in the bytes, in the order of the field table: `begins` is -1 for a column that is missing. */
export type PlainRow = {
  bytes: Buffer;
  readonly begins: Int32Array;
  readonly ends: Int32Array;
};
/** @returns false for a row that it leaves to OnRecord */
export type OnPlainRow = (row: PlainRow, line: number) => boolean;

/**
 * Takes the plain rows that begin at a place of some bytes, all at once, as many as it can: each of one line.
 * @param end rows that begin there are not taken
 * @returns where the first row begins that was not taken, and how many were
 */
export type OnPlainRows = (
  bytes: Buffer,
  at: number,
  end: number,
  line: number,
  columns: Int32Array,
) => PlainlyTaken;
export type PlainlyTaken = { readonly next: number; readonly rows: number };

/** A part of a file's rows: those that begin before `end`. Bytes of the file, lines from 1. */
export type Part = {
  readonly byte: number;
  readonly line: number;
  /** Place of the cell by column, -1 for one that is not read; undefined: the part begins with the header. */
  readonly columns: Int32Array | undefined;
  readonly end: number;
};
export const WHOLE: Part = { byte: 0, line: 1, columns: undefined, end: Number.POSITIVE_INFINITY };
