// One value of a record, as the readers of CSV, JSON and Kafka pass it to the core.
//   CSV: always text. JSON: text, true and false, null, numbers, and objects or lists as their canonical text.
// A number is a double only where that loses no digits (up to 15); any other keeps its text.

import { createHash } from 'node:crypto';
import { shortened } from '../../runtime/beginning.ts';
import { type NumberReader, parseDecimal, writeDecimal } from './decimal.ts';

/** A number that a double can't represent. `text` is canonical, or the original where it has too many digits. */
export class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object or a list: the JSON text with sorted names. */
export class Structure {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

export type Cell = undefined | null | string | boolean | number | Digits | Structure;

const EXACT_DIGITS = 15;

/** A number of JSON, by its text. 1, 1.0 and 1e0 are the same cell. */
export function numberCell(text: string): number | Digits {
  const decimal = parseDecimal(text);
  if (decimal === undefined) return new Digits(text);
  const canonical = writeDecimal(decimal);
  const digits = canonical.replace(/^-?0*\.?0*|\./g, '').length;
  return digits <= EXACT_DIGITS && canonical.length <= 2 * EXACT_DIGITS
    ? Number(canonical)
    : new Digits(canonical);
}

/** Reads a cell under a numeric operation: a number, or text that is one. False for anything else. */
export function readNumeric(reader: NumberReader, cell: Cell): boolean {
  if (typeof cell === 'string') return reader.read(cell);
  if (typeof cell === 'number') return reader.readNumber(cell);
  return cell instanceof Digits && reader.read(cell.text);
}

/** V8 copies shorter slices of a string. */
const SLICED = 13;

/** A copy of the cell for long-lived state, as a slice would keep its whole block in memory. */
export function ownCell(cell: Cell): Cell {
  return typeof cell === 'string' ? ownText(cell) : cell;
}

/** Of one byte a character where that is enough: of two, it would make every text that it becomes part of as wide. */
export function ownText(text: string): string {
  if (text.length < SLICED) return text;
  const narrow = Buffer.from(text, 'latin1').toString('latin1');
  return narrow === text ? narrow : Buffer.from(text, 'utf16le').toString('utf16le');
}

/** A cell as JSON, with all digits of a number. Missing is null. */
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

/** A value for messages: JSON, shortened. */
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
