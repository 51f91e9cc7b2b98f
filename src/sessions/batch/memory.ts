// Parses amounts of memory such as 2GB and 512MB.

import { ExpectationError } from '../../runtime/expectation-error.ts';

const UNITS: Readonly<Record<string, number>> = { M: 1024 ** 2, G: 1024 ** 3 };
/** The least that Node, the parsers and DuckDB run with. */
const LEAST_BYTES = 384 * 1024 ** 2;

/**
 * @returns bytes; a GB has 1024 ** 3 of them
 * @throws {ExpectationError} where the text is no amount, or less than LEAST_BYTES
 */
export function parseMemory(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)\s*([MG])i?B?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN));
  if (bytes >= LEAST_BYTES) return bytes;
  throw new ExpectationError(
    `--memory: received ${JSON.stringify(text)}, expected at least 384MB, as 512MB or 2GB`,
  );
}
