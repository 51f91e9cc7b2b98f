// A row of CSV that is too long to be kept: it is followed to its end, and no byte of it is remembered.

import { COMMA, LF, QUOTE } from './csv-bytes.ts';

/** Bytes of a row, which is in memory as a whole. A quote that is never closed makes one row of the rest of its file. */
export const LONGEST_ROW = 16 * 1024 * 1024;

/** Where in a cell the row is: its first byte, behind that, within its quotes, or behind a quote that may be half of a doubled one. */
type Place = 'begin' | 'bare' | 'quoted' | 'quote';

export class LongRow {
  #place: Place = 'begin';
  #bytes = 0;
  #lines = 1;

  /** Bytes and lines that were passed. */
  get length(): { readonly bytes: number; readonly lines: number } {
    return { bytes: this.#bytes, lines: this.#lines };
  }

  get isQuoted(): boolean {
    return this.#place === 'quoted';
  }

  /** @returns where the next row begins; -1 where this one goes on behind the bytes */
  pass(bytes: Buffer): number {
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (this.#place === 'quoted') {
        if (byte === QUOTE) this.#place = 'quote';
        else if (byte === LF) this.#lines += 1;
      } else if (byte === LF) {
        this.#bytes += at + 1;
        return at + 1;
      } else if (byte === COMMA) this.#place = 'begin';
      else if (byte === QUOTE && this.#place !== 'bare') this.#place = 'quoted';
      else this.#place = 'bare';
    }
    this.#bytes += bytes.length;
    return -1;
  }
}
