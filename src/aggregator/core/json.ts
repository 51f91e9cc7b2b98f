// JSON text → cells, with all digits of numbers, which JSON.parse rounds beyond 2^53.

import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { isNestedTooDeeply } from '../../runtime/json-text.ts';
import { type Cell, Digits, numberCell, Structure, writeCell } from './cell.ts';

/** Text with a number that a double may not represent: 16 digits in a row, with or without a point, or an exponent. */
const MAY_LOSE = /[\d.]{16}|\d[eE][+-]?\d/;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads an object. Numbers are doubles, or lossless-json's LosslessNumber where a double may lose digits.
 * @returns undefined where the text is JSON but no object
 * @throws {SyntaxError} where it is no JSON, or nested too deeply
 */
export function readObject(text: string): JsonObject | undefined {
  if (isNestedTooDeeply(text)) throw new SyntaxError('it is nested more than 1,000 levels deep');
  const value: unknown = MAY_LOSE.test(text) ? readLossless(text) : JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** Parses JSON, every number to lossless-json's LosslessNumber. @throws {SyntaxError} */
export function readLossless(text: string): unknown {
  // JSON.parse throws the better error. As there, the last of repeated names counts.
  JSON.parse(text);
  return parseLossless(text, null, { onDuplicateKey: ({ newValue }) => newValue });
}

/** A value of readObject() as a cell. */
export function toCell(value: unknown): Cell {
  if (typeof value === 'number') return Object.is(value, -0) ? 0 : value;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined)
    return value;
  if (isLosslessNumber(value)) return numberCell(value.value);
  return new Structure(canonicalJson(value));
}

/** The cell of an object's own field; undefined where it has none. */
export const cellOf = (object: JsonObject, field: string): Cell =>
  Object.hasOwn(object, field) ? toCell(object[field]) : undefined;

/** One JSON value as a cell. */
export function readCell(json: string): Cell {
  return toCell(readObject(`{"v":${json}}`)?.v);
}

/** JSON with the names of objects sorted and all digits of numbers. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) {
    const cell = toCell(value);
    return cell instanceof Digits ? cell.text : writeCell(cell);
  }
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
}
