// A cell is one value of a record, as the readers of CSV, JSON and Kafka pass it to the core.
//   CSV: always text. JSON: text, true and false, null, numbers, and objects or lists as their canonical text.
// A number is a double only where that loses no digits (up to 15); any other keeps its text. undefined is a missing field.

import { createHash } from 'node:crypto';
import { shortened } from '../../runtime/beginning.ts';
import { type NumberReader, parseDecimal, writeDecimal } from './decimal.ts';

/** A number that a double may not represent. `text` is canonical, or as it came where it has more than 1,000 digits. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object or a list, as JSON text with sorted names. */
export class Structure {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

export type Cell = undefined | null | string | boolean | number | Digits | Structure;

const EXACT_DIGITS = 15;

/** The cell of a JSON number. @param text as it came: 1, 1.0 and 1e0 are the same cell */
export function numberCell(text: string): number | Digits {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return new Digits(text);
  const canonical = writeDecimal(decimal);
  const digits = canonical.replace(/^-?0*\.?0*|\./g, '').length;
  return digits <= EXACT_DIGITS && canonical.length <= 2 * EXACT_DIGITS
    ? Number(canonical)
    : new Digits(canonical);
}

/** Reads a cell as a number; text may be one, too. @returns false for anything else */
export function readNumeric(reader: NumberReader, cell: Cell): boolean {
  if (typeof cell === 'string') return reader.read(cell);
  if (typeof cell === 'number') return reader.readNumber(cell);
  return cell instanceof Digits && reader.read(cell.text);
}

/** From this length on, V8 makes a slice of a string refer to the whole of it. */
const SLICED = 13;

/** A cell for long-lived state: text is copied, as a slice would keep the whole block of its file in memory. */
export function ownCell(cell: Cell): Cell {
  return typeof cell === 'string' ? ownText(cell) : cell;
}

/** A copy of a text, with one byte for each character where that is enough: a wider one widens every text that it becomes part of. */
export function ownText(text: string): string {
  if (text.length < SLICED) return text;
  const narrow = Buffer.from(text, 'latin1').toString('latin1');
  return narrow === text ? narrow : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** A cell as JSON, with all digits of a number; null for a missing one. */
export function writeCell(cell: Cell): string {
  if (cell === undefined || cell === null) return 'null';
  if (typeof cell === 'number') return writeNumber(cell);
  if (cell instanceof Digits) return cell.text;
  if (cell instanceof Structure) return cell.json;
  return JSON.stringify(cell);
}

function writeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '0' : String(value);
  const decimal = parseDecimal(String(value));
  return decimal === undefined ? String(value) : writeDecimal(decimal);
}

/** A cell for messages: JSON, shortened. */
export function showCell(cell: Cell): string {
  if (cell === undefined) return 'no value';
  return shortened(writeCell(cell), 80);
}

const LONGEST_KEY = 200;

/**
 * The key of a session, equal for equal values. Values of different types differ: 1 and "1", true and "true", null and "".
 * Long keys are replaced by their SHA-256, as an index entry of Postgres is limited to 2,700 bytes.
 */
export function keyOf(group: readonly Cell[], periods: readonly string[]): string {
  let text = '[';
  for (const cell of group) text += (text === '[' ? '' : ',') + writeCell(cell);
  for (const start of periods) text += `,"${start}"`;
  text += ']';
  return text.length <= LONGEST_KEY ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
