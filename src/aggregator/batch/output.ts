// Flushed rows as NDJSON, or as CSV with a header: the columns of the row, then those of its meta, prefixed by meta_, or by more
// underscores where the row has a column of such a name. A session that was open when its definition changed has the columns of its
// own version, and so gets another header.

import { isLosslessNumber } from 'lossless-json';
import { csvCell } from '../../runtime/csv.ts';
import { canonicalJson, readLossless } from '../core/json.ts';

export const FORMATS = ['ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * Makes a writer of rows: JSON text → lines of the format, each with its LF. It remembers the header, so it serves one output.
 * @param cellOf quotes a cell of CSV where that is needed
 */
export function lineWriter(format: Format, cellOf = csvCell): (row: string) => string {
  if (format === 'ndjson') return (row) => `${row}\n`;
  const quoted = (text: string) => (text === '' ? '""' : cellOf(text));
  let header = '';
  return (row) => {
    const columns = Object.entries(readLossless(row) as Readonly<Record<string, unknown>>);
    const meta = Object.entries(columns.find(([name]) => name === 'meta')?.[1] ?? {});
    const own = columns.filter(([name]) => name !== 'meta');
    const all = [...own, ...prefixed(meta, new Set(own.map(([name]) => name)))];
    const line = `${all.map(([, value]) => writeValue(value, quoted)).join(',')}\n`;
    const before = header;
    header = `${all.map(([name]) => quoted(name)).join(',')}\n`;
    if (header === before) return line;
    return `${before === '' ? '' : '\n'}${header}${line}`;
  };
}

type Column = [name: string, value: unknown];

function prefixed(meta: readonly Column[], taken: ReadonlySet<string>, prefix = 'meta_'): Column[] {
  const named = meta.map(([name, value]): Column => [prefix + name, value]);
  return named.some(([name]) => taken.has(name)) ? prefixed(meta, taken, `${prefix}_`) : named;
}

/** Null is an empty cell, "" a quoted one. */
function writeValue(value: unknown, quoted: (text: string) => string): string {
  if (value === null || value === undefined) return '';
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return quoted(value.join(' '));
  return quoted(typeof value === 'string' ? value : canonicalJson(value));
}
