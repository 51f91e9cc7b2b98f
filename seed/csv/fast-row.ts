// The fast path: a well-formed line becomes a row for COPY byte by byte, without a string in between.
// Any other line is left to parseRow(), which finds out what is wrong with it.

import { DEVICES, TITLES } from '../../src/events/event.ts';
import { HEX_VALUES, NOT_HEX } from '../../src/events/hex.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { ID_OFFSETS, templateIndex, templates, writeTime } from './copy-row.ts';
import { secondOf } from './time.ts';

const COMMA = 44;
const ZERO = 48;
const ID_DIGITS = 32;
const TIME_BYTES = 19;
/** Above any number of two digits. */
const NOT_DIGITS = 1000;

type Label = { readonly bytes: Uint8Array; readonly index: number };
const labelOf = (text: string, index: number): Label => ({ bytes: Buffer.from(`${text},`), index });
const productLabels = [
  ...PRODUCTS.map((product, index) => labelOf(product, index)),
  labelOf('company', PRODUCTS.indexOf('electronics')),
];
/** Products by their first two bytes, which differ. */
const productsByStart = new Map(productLabels.map((label) => [startOf(label.bytes, 0), label]));
const deviceLabels = DEVICES.map((device, index) => labelOf(device, index));
const titleLabels = TITLES.map((title, index) => labelOf(title, index));

function startOf(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function hasLabel(line: Uint8Array, at: number, label: Uint8Array): boolean {
  for (let index = 0; index < label.length; index++) if (line[at + index] !== label[index]) return false;
  return true;
}

function findLabel(line: Uint8Array, at: number, labels: readonly Label[]): Label | undefined {
  for (const label of labels) if (hasLabel(line, at, label.bytes)) return label;
  return undefined;
}

/** Reads 32 hex digits and the comma after them into 16 bytes. */
function copyId(line: Uint8Array, from: number, out: Uint8Array, to: number): boolean {
  let seen = 0;
  for (let byte = 0; byte < 16; byte++) {
    const high = HEX_VALUES[line[from + 2 * byte] ?? 0] ?? NOT_HEX;
    const low = HEX_VALUES[line[from + 2 * byte + 1] ?? 0] ?? NOT_HEX;
    seen |= high | low;
    out[to + byte] = (high << 4) | low;
  }
  return seen < NOT_HEX && line[from + ID_DIGITS] === COMMA;
}

function twoDigits(line: Uint8Array, at: number): number {
  const high = (line[at] ?? 0) - ZERO;
  const low = (line[at + 1] ?? 0) - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : NOT_DIGITS;
}

/** Seconds since 2000-01-01 of `YYYY-MM-DD HH:MM:SS,`. */
function readSecond(line: Uint8Array, at: number): number | undefined {
  if (line[at + 4] !== 45 || line[at + 7] !== 45 || line[at + 10] !== 32) return undefined;
  if (line[at + 13] !== 58 || line[at + 16] !== 58 || line[at + TIME_BYTES] !== COMMA) return undefined;
  const century = twoDigits(line, at);
  const year = twoDigits(line, at + 2);
  if (century !== 20 || year === NOT_DIGITS) return undefined;
  const [month, day] = [twoDigits(line, at + 5), twoDigits(line, at + 8)];
  return secondOf(
    2000 + year,
    month,
    day,
    twoDigits(line, at + 11),
    twoDigits(line, at + 14),
    twoDigits(line, at + 17),
  );
}

/**
 * Turns the line from `from` to `end` (its line end excluded) into a row of COPY at `to`.
 * @param out has room for as many bytes as the line has
 * @returns where the next row begins; -1 where the line isn't well-formed, and what was written after `to` is void
 */
export function copyFastRow(
  line: Uint8Array,
  from: number,
  end: number,
  out: Uint8Array,
  to: number,
): number {
  const productAt = from + 3 * (ID_DIGITS + 1);
  const product = productsByStart.get(startOf(line, productAt));
  if (product === undefined || !hasLabel(line, productAt, product.bytes)) return -1;
  const deviceAt = productAt + product.bytes.length;
  const device = findLabel(line, deviceAt, deviceLabels);
  if (device === undefined) return -1;
  const timeAt = deviceAt + device.bytes.length;
  const second = readSecond(line, timeAt);
  const titleAt = timeAt + TIME_BYTES + 1;
  const title = findLabel(line, titleAt, titleLabels);
  if (second === undefined || title === undefined) return -1;
  const targetAt = titleAt + title.bytes.length;
  if (targetAt + 1 !== end || line[targetAt] !== ZERO + (TITLES[title.index] === 'order' ? 1 : 0)) return -1;
  const template = templates[templateIndex(product.index, device.index, title.index)];
  if (template === undefined) return -1;
  out.set(template.bytes, to);
  if (!copyId(line, from, out, to + ID_OFFSETS[0])) return -1;
  if (!copyId(line, from + ID_DIGITS + 1, out, to + ID_OFFSETS[1])) return -1;
  if (!copyId(line, from + 2 * (ID_DIGITS + 1), out, to + ID_OFFSETS[2])) return -1;
  writeTime(out, to + template.timeOffset, second);
  return to + template.bytes.length;
}
