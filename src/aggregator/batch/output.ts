// Flushed rows → NDJSON, or CSV with a header: the columns of the row, then those of its meta, prefixed. A session that was open
// when its definition changed has the columns of its own version, and so another header before it.

import { isLosslessNumber } from 'lossless-json';
import { canonicalJson, readLossless } from '../core/json.ts';

export const FORMATS = ['ndjson', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** Turns rows, as JSON text, into lines of the format. */
export function lineWriter(format: Format): (row: string) => string {
  if (format === 'ndjson') return (row) => `${row}\n`;
  let header = '';
  return (row) => {
    const { meta, ...columns } = readLossless(row) as Readonly<Record<string, unknown>>;
    const all = { ...columns, ...prefixed((meta ?? {}) as Readonly<Record<string, unknown>>) };
    const line = `${Object.values(all).map(writeValue).join(',')}\n`;
    const before = header;
    header = `${Object.keys(all).map(quote).join(',')}\n`;
    if (header === before) return line;
    return `${before === '' ? '' : '\n'}${header}${line}`;
  };
}

const prefixed = (meta: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(meta).map(([name, value]) => [`meta_${name}`, value]));

function writeValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return quote(value.join(' '));
  return quote(typeof value === 'string' ? value : canonicalJson(value));
}

/** Null is an empty cell, "" a quoted one. */
const quote = (text: string): string =>
  text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
