// Where a row of CSV begins, seen from any place in a file.

import { afterBlank, COMMA, LF, QUOTE } from './csv-bytes.ts';

/**
 * Finds where a row seems to begin: behind a line break, with as many cells as the header. Within quotes that may be wrong.
 * @returns -1 where none of the bytes do
 */
export function findRow(bytes: Buffer, columns: number): number {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
    if (seemsRow(bytes, at + 1, columns)) return at + 1;
  return -1;
}

function seemsRow(bytes: Buffer, from: number, columns: number): boolean {
  if (afterBlank(bytes, from) !== from) return false;
  let cells = 1;
  let quoted = false;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === COMMA && !quoted) cells += 1;
    else if (byte === LF && !quoted) return cells === columns;
  }
  return false;
}
