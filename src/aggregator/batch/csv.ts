// Reads CSV in blocks of bytes as records, whose cells are in the order of a field table. RFC 4180 with LF or CRLF; all cells are text. A
// row with another number of cells than the header is a fault. Only cells that a definition reads are decoded, and none where
// `onPlainRow` takes the row as bytes.

import { isAscii } from 'node:buffer';
import type { Cell } from '../core/cell.ts';
import { afterBlank, COMMA, CR, closingQuote, endOfCell, LF, lineBreaks, QUOTE } from './csv-bytes.ts';
import { placesOf } from './csv-header.ts';
import { LONGEST_ROW, LongRow } from './long-row.ts';
import {
  InputError,
  type OnFault,
  type OnPlainRow,
  type OnPlainRows,
  type OnRecord,
  type Part,
  type PlainRow,
  WHOLE,
} from './reading.ts';

/** Returned in place of where the next row begins: the row's end has not come yet; or only #anyRow() can read it. */
const [INCOMPLETE, INTRICATE] = [-1, -2];
/** The place of a column that the definition does not read. */
const UNREAD = -1;
const NOTHING = Buffer.alloc(0);
const NEVER_CLOSED = 'received a quote that is never closed, expected its end';

export class CsvReader {
  readonly #names: readonly string[];
  readonly #onRecord: OnRecord;
  readonly #onFault: OnFault;
  readonly #onPlainRow: OnPlainRow | undefined;
  readonly #onPlainRows: OnPlainRows | undefined;
  readonly #cells: Cell[];
  readonly #row: PlainRow;
  readonly #end: number;
  readonly #longest: number;
  #rest: Buffer = NOTHING;
  /** The row that is being skipped, as it is too long. */
  #long: LongRow | undefined;
  /** The byte of the file at which the rest begins. */
  #byte: number;
  #line: number;
  #ended = false;
  /** By column, the place of its cell; undefined before the header. */
  #places: Int32Array | undefined;
  /** The block as text, if it is ASCII: slicing that is faster than decoding cell by cell. */
  #text: string | undefined;
  #textOf: Buffer | undefined;

  /**
   * @param onPlainRow called first, for rows without doubled quotes that have as many cells as the header
   * @param onPlainRows called before that, for all rows that follow
   * @param longest bytes of a row at most: a longer one is a fault, and no part of it is kept
   */
  constructor(
    names: readonly string[],
    onRecord: OnRecord,
    onFault: OnFault,
    onPlainRow?: OnPlainRow | undefined,
    { byte, line, columns, end }: Part = WHOLE,
    onPlainRows?: OnPlainRows | undefined,
    longest = LONGEST_ROW,
  ) {
    this.#longest = longest;
    this.#byte = byte;
    this.#line = line;
    this.#places = columns;
    this.#end = end;
    this.#names = names;
    this.#onRecord = onRecord;
    this.#onFault = onFault;
    this.#onPlainRow = onPlainRow;
    this.#onPlainRows = onPlainRows;
    this.#cells = new Array<Cell>(names.length).fill(undefined);
    this.#row = {
      bytes: NOTHING,
      begins: new Int32Array(names.length).fill(-1),
      ends: new Int32Array(names.length),
    };
  }

  /** Where the next row begins, behind all that were read. */
  get next(): Pick<Part, 'byte' | 'line' | 'columns'> {
    return { byte: this.#byte, line: this.#line, columns: this.#places };
  }

  /**
   * Reads a block, which follows the one before.
   * @returns false once all rows of the part are read
   * @throws {InputError} for a header that names a column twice
   */
  write(block: Buffer): boolean {
    const joined = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    this.#rest = NOTHING;
    const bytes = this.#long === undefined ? joined : this.#behindLong(this.#long, joined);
    if (bytes === undefined) return true;
    const read = this.#rows(bytes, false);
    this.#byte += read;
    const rest = bytes.subarray(read);
    // A copy, as a slice would keep the whole block in memory.
    if (rest.length <= this.#longest) this.#rest = Buffer.from(rest);
    else if (!this.#ended) this.#beginLong(rest);
    return !this.#ended;
  }

  #beginLong(bytes: Buffer): void {
    if (this.#places === undefined) this.#tellLong();
    this.#long = new LongRow();
    this.#long.pass(bytes);
  }

  /** The bytes behind a row that is too long; undefined where it goes on. Its fault is reported at its end, so that `next` stays before it. */
  #behindLong(long: LongRow, bytes: Buffer): Buffer | undefined {
    const end = long.pass(bytes);
    if (end === -1) return undefined;
    this.#endLong(long);
    return bytes.subarray(end);
  }

  #endLong(long: LongRow): void {
    this.#long = undefined;
    if (long.isQuoted) this.#onFault(NEVER_CLOSED, this.#line);
    else this.#tellLong();
    this.#byte += long.length.bytes;
    this.#line += long.length.lines;
  }

  #tellLong(): void {
    const message = `of more than ${this.#longest.toLocaleString('en')} bytes, expected a shorter one`;
    if (this.#places === undefined) throw new InputError(`received a header ${message}`);
    this.#onFault(`received a row ${message}`, this.#line);
  }

  /**
   * Reads the whole rows of some bytes. Unlike write() it keeps no rest: the caller brings that again.
   * @returns how many bytes were read; undefined once all rows of the part are
   */
  readRows(bytes: Buffer): number | undefined {
    const read = this.#rows(bytes, false);
    this.#byte += read;
    return this.#ended ? undefined : read;
  }

  /** Must be called at the end of the file, whose last row may lack its line break. */
  end(): void {
    if (this.#long !== undefined) this.#endLong(this.#long);
    if (this.#ended || this.#rest.length === 0) return;
    const read = this.#rows(Buffer.concat([this.#rest, Buffer.of(LF)]), true);
    this.#byte += Math.min(read, this.#rest.length);
    this.#rest = NOTHING;
  }

  /** Reads whole rows. @returns where the first incomplete one begins, or the first behind the part */
  #rows(bytes: Buffer, last: boolean): number {
    this.#row.bytes = bytes;
    const end = this.#end - this.#byte;
    for (let at = 0; ; ) {
      const before = this.#places;
      if (before !== undefined && this.#onPlainRows !== undefined) {
        const { next, rows } = this.#onPlainRows(bytes, at, end, this.#line, before);
        this.#line += rows;
        at = next;
      }
      const blank = afterBlank(bytes, at);
      if (blank !== at) {
        this.#line += 1;
        at = blank;
        continue;
      }
      // Whether a line is empty takes two bytes to tell.
      if (at >= end && at + 1 < bytes.length) {
        this.#ended = true;
        return at;
      }
      const places = this.#places;
      const plain = places === undefined ? INTRICATE : this.#plainRow(bytes, at, places);
      if (plain === INCOMPLETE && !last) return at;
      const next = plain >= 0 ? plain : this.#anyRow(bytes, at, last);
      if (next === INCOMPLETE) return at;
      at = next;
    }
  }

  /** Reads a row if the cells that are read have no quotes but around them. @returns where the next begins, INCOMPLETE or INTRICATE */
  #plainRow(bytes: Buffer, from: number, places: Int32Array): number {
    const { length } = bytes;
    const { begins, ends } = this.#row;
    let column = 0;
    let lines = 1;
    for (let at = from; ; at += 1) {
      let begin = at;
      let end: number;
      if (bytes[at] === QUOTE) {
        begin += 1;
        end = begin;
        while (end < length && bytes[end] !== QUOTE && bytes[end] !== LF) end += 1;
        if (bytes[end] === LF || bytes[end + 1] === QUOTE) {
          if (places[column] !== UNREAD) return INTRICATE;
          const close = closingQuote(bytes, end);
          if (close === -1) return INCOMPLETE;
          lines += lineBreaks(bytes, end, close);
          end = close;
        }
        at = end + 1;
        if (bytes[at] === CR) at += 1;
        if (at >= length) return INCOMPLETE;
        if (bytes[at] !== LF && (bytes[at] !== COMMA || at !== end + 1)) return INTRICATE;
      } else {
        // One comparison for most bytes, which are above the comma.
        while (at < length && ((bytes[at] as number) > COMMA || (bytes[at] !== COMMA && bytes[at] !== LF)))
          at += 1;
        if (at >= length) return INCOMPLETE;
        end = bytes[at] === LF && at > begin && bytes[at - 1] === CR ? at - 1 : at;
      }
      const place = places[column];
      if (place !== undefined && place !== UNREAD) {
        begins[place] = begin;
        ends[place] = end;
      }
      column += 1;
      if (bytes[at] === COMMA) continue;
      if (at - from > this.#longest) this.#tellLong();
      else if (column !== places.length) this.#ragged(column, places.length, this.#line);
      else if (this.#onPlainRow?.(this.#row, this.#line) !== true) this.#plainRecord(bytes);
      this.#line += lines;
      return at + 1;
    }
  }

  #plainRecord(bytes: Buffer): void {
    const { begins, ends } = this.#row;
    const text = this.#textIn(bytes);
    for (let place = 0; place < begins.length; place += 1) {
      const begin = begins[place] as number;
      if (begin === -1) continue;
      const end = ends[place] as number;
      this.#cells[place] = text === undefined ? bytes.toString('utf8', begin, end) : text.slice(begin, end);
    }
    this.#onRecord(this.#cells, this.#line);
  }

  #textIn(bytes: Buffer): string | undefined {
    if (this.#textOf !== bytes) {
      this.#textOf = bytes;
      this.#text = isAscii(bytes) ? bytes.toString('latin1') : undefined;
    }
    return this.#text;
  }

  /** Reads any row. @returns where the next begins, or INCOMPLETE */
  #anyRow(bytes: Buffer, from: number, last: boolean): number {
    const values: string[] = [];
    let value = '';
    let lines = 0;
    for (let at = from; at < bytes.length; ) {
      if (bytes[at] === QUOTE && value === '') {
        const close = closingQuote(bytes, at + 1);
        // The quote may be the first half of a doubled one.
        if (close === -1 || (close === bytes.length - 1 && !last)) break;
        const inner = bytes.toString('utf8', at + 1, close);
        lines += inner.split('\n').length - 1;
        value = inner.replaceAll('""', '"');
        at = close + 1;
      }
      const stop = endOfCell(bytes, at);
      if (stop === bytes.length) break;
      const ends = bytes[stop] === LF;
      // A CR within quotes belongs to the cell.
      value += bytes.toString('utf8', at, ends && stop > at && bytes[stop - 1] === CR ? stop - 1 : stop);
      values.push(value);
      if (ends) {
        this.#values(values, stop - from);
        this.#line += lines + 1;
        return stop + 1;
      }
      value = '';
      at = stop + 1;
    }
    if (!last || from === bytes.length) return INCOMPLETE;
    this.#onFault(NEVER_CLOSED, this.#line);
    return bytes.length;
  }

  #values(values: readonly string[], length: number): void {
    const places = this.#places;
    if (length > this.#longest) this.#tellLong();
    else if (places === undefined) this.#places = placesOf(values, this.#names);
    else if (values.length !== places.length) this.#ragged(values.length, places.length, this.#line);
    else {
      for (const [column, place] of places.entries())
        if (place !== UNREAD) this.#cells[place] = values[column];
      this.#onRecord(this.#cells, this.#line);
    }
  }

  #ragged(received: number, expected: number, line: number): void {
    this.#onFault(`received ${received} cells, expected ${expected} as in the header`, line);
  }
}
