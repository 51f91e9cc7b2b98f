// Finds the beginning of a row of CSV from any byte of a file.

import { afterBlank, COMMA, LF, QUOTE } from './csv-bytes.ts';

/**
 * Finds where a row seems to begin: behind an LF, with as many cells as the header. That is wrong where the bytes begin within quotes.
 * @param columns of the header
 * @returns -1 where no whole row is found
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
