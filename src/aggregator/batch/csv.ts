// CSV text, a block at a time, as it comes from a file → records whose cells stand in the order of a field table.
// RFC 4180 with LF or CRLF; cells are text and nothing else. A row with another number of cells than the header is told
// as ragged. Only the cells that a definition reads are cut out: a block of a megabyte holds twenty thousand rows.

import type { Cell } from '../core/cell.ts';

export class InputError extends Error {
  override readonly name = 'InputError';
}

export type OnRecord = (cells: readonly Cell[], line: number) => void;
export type OnFault = (message: string, line: number) => void;

const COMMA = 0x2c;
const QUOTE = 0x22;
const CR = 0x0d;

export class CsvReader {
  readonly #names: readonly string[];
  readonly #onRecord: OnRecord;
  readonly #onFault: OnFault;
  readonly #cells: Cell[];
  #rest = '';
  #line = 1;
  /** For each column, the place of its cell; -1 for one that nobody reads. */
  #places: number[] | undefined;

  constructor(names: readonly string[], onRecord: OnRecord, onFault: OnFault) {
    this.#names = names;
    this.#onRecord = onRecord;
    this.#onFault = onFault;
    this.#cells = new Array<Cell>(names.length).fill(undefined);
  }

  /** @throws {InputError} for a header that names a column twice */
  write(block: string): void {
    const text = this.#rest === '' ? block : this.#rest + block;
    this.#rest = text.slice(this.#rows(text, false));
  }

  /** The last row needs no line break. */
  end(): void {
    if (this.#rest === '') return;
    const text = `${this.#rest}\n`;
    this.#rest = '';
    this.#rows(text, true);
  }

  /** Reads whole rows; where the first that isn't whole begins. */
  #rows(text: string, last: boolean): number {
    let at = 0;
    let quote = text.indexOf('"');
    for (;;) {
      const end = text.indexOf('\n', at);
      if (end === -1) return at;
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      if (quote !== -1 && quote < end) {
        const next = this.#quotedRow(text, at, last);
        if (next === -1) return at;
        at = next;
        continue;
      }
      const stop = end > at && text.charCodeAt(end - 1) === CR ? end - 1 : end;
      if (stop > at) {
        if (this.#places === undefined) this.#header(text.slice(at, stop).split(','));
        else this.#plainRow(text, at, stop, this.#places);
      }
      this.#line += 1;
      at = end + 1;
    }
  }

  #plainRow(text: string, from: number, stop: number, places: readonly number[]): void {
    let column = 0;
    let begin = from;
    for (let at = from; at <= stop; at += 1) {
      if (at !== stop && text.charCodeAt(at) !== COMMA) continue;
      const place = places[column];
      if (place !== undefined && place >= 0) this.#cells[place] = text.slice(begin, at);
      column += 1;
      begin = at + 1;
    }
    if (column === places.length) this.#onRecord(this.#cells, this.#line);
    else this.#ragged(column, places.length, this.#line);
  }

  /** A row with quotes, which may hold line breaks; where the next begins, -1 where its end is not here yet. */
  #quotedRow(text: string, from: number, last: boolean): number {
    const values: string[] = [];
    let value = '';
    let lines = 0;
    for (let at = from; at < text.length; ) {
      if (text.charCodeAt(at) === QUOTE && value === '') {
        const close = closingQuote(text, at + 1);
        // The quote may be the first half of a doubled one.
        if (close === -1 || (close === text.length - 1 && !last)) break;
        const inner = text.slice(at + 1, close);
        lines += inner.split('\n').length - 1;
        value = inner.replaceAll('""', '"');
        at = close + 1;
      }
      const stop = endOfCell(text, at);
      if (stop === text.length) break;
      const ends = text[stop] === '\n';
      // A CR within the quotes is the cell's own.
      value += text.slice(at, ends && stop > at && text.charCodeAt(stop - 1) === CR ? stop - 1 : stop);
      values.push(value);
      if (ends) return this.#row(values, stop + 1, lines + 1);
      value = '';
      at = stop + 1;
    }
    if (!last) return -1;
    this.#onFault('received a quote that is never closed, expected its end', this.#line);
    return text.length;
  }

  #row(values: readonly string[], next: number, lines: number): number {
    const places = this.#places;
    if (places === undefined) this.#header(values);
    else if (values.length !== places.length) this.#ragged(values.length, places.length, this.#line);
    else {
      for (const [column, place] of places.entries()) if (place >= 0) this.#cells[place] = values[column];
      this.#onRecord(this.#cells, this.#line);
    }
    this.#line += lines;
    return next;
  }

  #ragged(received: number, expected: number, line: number): void {
    this.#onFault(`received ${received} cells, expected ${expected} as in the header`, line);
  }

  #header(names: readonly string[]): void {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new InputError(
        `received a header with the column ${JSON.stringify(twice)} twice, expected different names`,
      );
    this.#places = names.map((name) => this.#names.indexOf(name));
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2))
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  return -1;
}

function endOfCell(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === 0x0a) return at;
  }
  return text.length;
}
