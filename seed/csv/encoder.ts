// Whole lines of the file → rows for COPY, and the rejected lines, each with its number and reason.

import { writeRow } from './copy-row.ts';
import { copyFastRow } from './fast-row.ts';
import { type BadRow, type Layout, parseRow, USUAL_LAYOUT } from './row.ts';

export type RejectedLine = BadRow & {
  /** The header is line 1. */
  readonly line: number;
  /** The line's text, its beginning where it is long. */
  readonly content: string;
};

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Far above any valid row; a longer line is rejected unparsed. */
const LONGEST_ROW = 64 * 1024;
const KEPT_BYTES = 1024;
const MOST_EMPTY_LINES = 1000;

export class RowEncoder {
  /** Lines taken so far. */
  lines: number;
  rows = 0;
  rejected: RejectedLine[] = [];
  /** Empty lines at the end of a file are no fault; before another row they are. */
  #emptyLines: number[] = [];
  readonly #layout: Layout;

  /** @param lines how many lines of the file come before the first one that will be given */
  constructor(lines: number, layout: Layout) {
    this.lines = lines;
    this.#layout = layout;
  }

  /** Turns lines into rows; invalid ones are added to `rejected`. */
  encode(text: Buffer): Buffer {
    const isUsual = this.#layout === USUAL_LAYOUT;
    const out = Buffer.allocUnsafe(text.length);
    let at = 0;
    for (let from = 0; from < text.length; ) {
      const feed = text.indexOf(LINE_FEED, from);
      const next = feed === -1 ? text.length : feed + 1;
      let end = feed === -1 ? text.length : feed;
      if (text[end - 1] === CARRIAGE_RETURN && end > from) end--;
      this.lines++;
      const after = isUsual ? copyFastRow(text, from, end, out, at) : -1;
      if (after === -1) at = this.#encodeWithCare(text.subarray(from, end), out, at);
      else {
        at = after;
        this.rows++;
        if (this.#emptyLines.length > 0) this.#rejectEmptyLines();
      }
      from = next;
    }
    return out.subarray(0, at);
  }

  #encodeWithCare(line: Buffer, out: Buffer, at: number): number {
    if (line.length === 0) {
      this.#emptyLines.push(this.lines);
      if (this.#emptyLines.length > MOST_EMPTY_LINES) this.#rejectEmptyLines();
      return at;
    }
    this.#rejectEmptyLines();
    if (line.length > LONGEST_ROW) {
      this.#reject(line, {
        reason: `received a line of ${line.length} bytes, expected at most ${LONGEST_ROW}`,
      });
      return at;
    }
    const parsed = parseRow(line.toString('utf8'), this.#layout);
    if (!parsed.ok) {
      this.#reject(line, parsed.bad);
      return at;
    }
    this.rows++;
    return writeRow(out, at, parsed.row);
  }

  #reject(content: Buffer, bad: BadRow, line = this.lines): void {
    const text = content.subarray(0, KEPT_BYTES).toString('utf8').replaceAll('\0', '\uFFFD');
    this.rejected.push({ ...bad, line, content: content.length > KEPT_BYTES ? `${text}…` : text });
  }

  #rejectEmptyLines(): void {
    const reason = `received an empty line, expected ${this.#layout.fields} fields`;
    for (const line of this.#emptyLines) this.#reject(Buffer.alloc(0), { reason }, line);
    this.#emptyLines = [];
  }
}
