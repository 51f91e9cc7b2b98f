// Files for DuckDB, and what it says of them.

import { messageOf } from './errors.ts';
import { printable } from './printable.ts';

/** Why DuckDB can't read a file: what it found, without the advice behind it, which is for who writes SQL. */
export function duckDbReason(error: unknown): string {
  const [found = ''] = messageOf(error).split(/\n\s*\n|\n(?=Possible )/, 1);
  return printable(found.replaceAll(/\s*\n\s*/g, ': ').slice(0, 300));
}

/**
 * A file as DuckDB's reading functions take it, as an SQL literal. They take a path for a glob pattern, in which brackets quote a character:
 * without them `clicks[1].csv` is no file, and `a*.csv` is all of them.
 */
export const duckDbFile = (file: string): string =>
  `'${file.replaceAll(/[*?[]/g, '[$&]').replaceAll("'", "''")}'`;
