/**
 * A file as DuckDB's reading functions take it, as an SQL literal. They take a path for a glob pattern, in which brackets quote a character:
 * without them `clicks[1].csv` is no file, and `a*.csv` is all of them.
 */
export const duckDbFile = (file: string): string =>
  `'${file.replaceAll(/[*?[]/g, '[$&]').replaceAll("'", "''")}'`;
