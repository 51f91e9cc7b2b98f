// The header of a CSV file: which of its columns are read.

import { InputError } from './reading.ts';

/**
 * Finds the columns that are read.
 * @param names of fields, in the order of the cells
 * @returns by column, the place of its cell; -1 for a column that is not read
 * @throws {InputError} for two columns of one name, and for lines that end in CR alone
 */
export function placesOf(header: readonly string[], names: readonly string[]): Int32Array {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined)
    throw new InputError(
      `received a header with the column ${JSON.stringify(twice)} twice, expected different names`,
    );
  if (header.some((name) => /\r(?!\n)/.test(name)))
    throw new InputError(
      `received a header with a carriage return (${JSON.stringify(header.join(',').slice(0, 60))}), expected lines that end in LF or CRLF`,
    );
  return Int32Array.from(header, (name) => names.indexOf(name));
}
