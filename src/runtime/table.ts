// Tables as text: numbers to the right with separated thousands, everything else to the left.

import { printable } from './printable.ts';

export type TableRow = Readonly<Record<string, string | number | boolean | null>>;

const numbers = new Intl.NumberFormat('en');

/** A number as 8,471,220. */
export const formatNumber = (value: number): string => numbers.format(value);

const formatCell = (value: TableRow[string] | undefined): string =>
  typeof value === 'number' ? formatNumber(value) : printable(String(value ?? ''));

/** Lines of a table whose columns are the properties of the first row. */
export function renderTable(rows: readonly TableRow[]): string {
  const [first] = rows;
  if (first === undefined) return '(no rows)';
  const columns = Object.keys(first).map((name) => {
    const cells = rows.map((row) => formatCell(row[name]));
    const toTheRight = rows.some((row) => typeof row[name] === 'number');
    return { name, cells, toTheRight, width: Math.max(name.length, ...cells.map(({ length }) => length)) };
  });
  const line = (cellOf: (column: (typeof columns)[number]) => string) =>
    columns
      .map((column) => {
        const cell = cellOf(column);
        return column.toTheRight ? cell.padStart(column.width) : cell.padEnd(column.width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(({ name }) => name),
    line(({ width }) => '─'.repeat(width)),
    ...rows.map((_, index) => line(({ cells }) => cells[index] ?? '')),
  ].join('\n');
}
