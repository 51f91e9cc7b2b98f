// The types between the readers of files and those who read them.

import type { Cell } from '../core/cell.ts';

/** A file can't be read, or not to its end. The message is for the user. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** @param cells in the order of the field table, reused for the next record @param line from 1; the element's number for JSON */
export type OnRecord = (cells: readonly Cell[], line: number) => void;
export type OnFault = (message: string, line: number) => void;

/** Where the cells of a row are in the bytes, in the order of the field table; `begins` is -1 for a column that the file doesn't have. */
export type PlainRow = {
  bytes: Buffer;
  readonly begins: Int32Array;
  readonly ends: Int32Array;
};
/** @param row reused for the next one @returns false for a row that is left to OnRecord */
export type OnPlainRow = (row: PlainRow, line: number) => boolean;

/**
 * Takes the rows that begin at a place of some bytes all at once, as far as they are plain; each of them is one line.
 * @param end rows that begin there or later are not taken
 * @param line of the first one
 * @param columns as in Part
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

/** A part of a file: the rows that begin from `byte` on and before `end`. Lines count from 1. */
export type Part = {
  readonly byte: number;
  readonly line: number;
  /** Place of the cell by column, -1 for one that is not read; undefined: the part begins with the header. */
  readonly columns: Int32Array | undefined;
  readonly end: number;
};
export const WHOLE: Part = { byte: 0, line: 1, columns: undefined, end: Number.POSITIVE_INFINITY };
