// Rows as CSV (RFC 4180): a header line, cells quoted where necessary.

import { csvCell } from '../../runtime/csv.ts';
import type { TableRow } from '../../runtime/table.ts';

const cellOf = (value: TableRow[string] | undefined): string => csvCell(String(value ?? ''));

/** @param columns the header, and the keys of each row */
export const csvOf = (columns: readonly string[], rows: readonly TableRow[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => cellOf(row[name])).join(',')), ''].join(
    '\n',
  );
