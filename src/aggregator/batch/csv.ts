// CSV in blocks of bytes, as read from a file → records with cells in the order of a field table. RFC 4180 with LF or CRLF; all
// cells are text. A row with another number of cells than the header is a fault. Only the cells that a definition reads are
// sliced, and not decoded where `onPlainRow` takes them as bytes.

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

/** In place of where the next row begins: this one's end is not here yet, or it has quotes within quotes. */
const INCOMPLETE = -1;
const INTRICATE = -2;
/** Place of a column that the definition does not read. */
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
  /** The row that the rest has become too long for. */
  #long: LongRow | undefined;
  /** Where in the file the rest begins. */
  #byte: number;
  #line: number;
  #ended = false;
  /** Place of the cell by column. */
  #places: Int32Array | undefined;
  /** The block's text, where it is made of one byte each: cut out sooner than decoded cell by cell. */
  #text: string | undefined;
  #textOf: Buffer | undefined;

  /**
   * @param onPlainRow is asked first, for rows that are without quotes within quotes and as long as the header
   * @param onPlainRows is asked before that, for all that follow
   * @param longest bytes of a row: what has more is told, and no part of it is kept
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

  /** Where the next row begins, once all before it is read. */
  get next(): Pick<Part, 'byte' | 'line' | 'columns'> {
    return { byte: this.#byte, line: this.#line, columns: this.#places };
  }

  /**
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
    // A copy: the rest of a block would keep all of it.
    if (rest.length <= this.#longest) this.#rest = Buffer.from(rest);
    else if (!this.#ended) this.#beginLong(rest);
    return !this.#ended;
  }

  #beginLong(bytes: Buffer): void {
    if (this.#places === undefined) this.#tellLong();
    this.#long = new LongRow();
    this.#long.pass(bytes);
  }

  /** What comes behind a row that is too long, which is told once it ends: until then, the next row is this one. */
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
   * Reads the whole rows of some bytes, in place of write(): what is left of them is for the caller to bring again.
   * @returns how many bytes were read; undefined once all rows of the part are
   */
  readRows(bytes: Buffer): number | undefined {
    const read = this.#rows(bytes, false);
    this.#byte += read;
    return this.#ended ? undefined : read;
  }

  /** The last row needs no line break. */
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
      // Two bytes tell an empty line.
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

  /** A row whose quotes, in the cells that are read, stand around whole cells; where the next begins. */
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
        // Most bytes are above the comma.
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

  /** A row with quotes, which may hold line breaks; where the next begins, INCOMPLETE where its end is not here yet. */
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
      // A CR within the quotes is the cell's own.
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
