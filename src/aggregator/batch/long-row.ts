// Follows a row of CSV that is too long for memory to its end, without keeping any of it.

import { COMMA, LF, QUOTE } from './csv-bytes.ts';

/** Bytes of a row at most, as a row is in memory as a whole. A quote that is never closed makes the rest of its file one row. */
export const LONGEST_ROW = 16 * 1024 * 1024;

/** State of the scan: at a cell's first byte, in a cell without quotes, within quotes, or behind a quote, which may be half of a doubled one. */
type Place = 'begin' | 'bare' | 'quoted' | 'quote';

export class LongRow {
  #place: Place = 'begin';
  #bytes = 0;
  #lines = 1;

  /** Bytes and lines so far. */
  get length(): { readonly bytes: number; readonly lines: number } {
    return { bytes: this.#bytes, lines: this.#lines };
  }

  /** Whether it is within quotes, which a row that has ended never is. */
  get isQuoted(): boolean {
    return this.#place === 'quoted';
  }

  /** Follows the row through the next bytes. @returns where the next row begins; -1 where this one goes on behind them */
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
