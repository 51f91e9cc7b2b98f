// An /api/charts answer: JSON by default, CSV where it is asked for by Accept or ?format=csv.

import type { Request, Response } from 'express';
import { badRequest } from '../web/errors.ts';

/** Sends rows as the client wants them: `columns` are the CSV's header, `more` is only in the JSON. */
export function answer<R extends object>(
  req: Request,
  res: Response,
  name: string,
  columns: readonly (keyof R & string)[],
  rows: readonly R[],
  more: object,
): void {
  res.set('Cache-Control', 'no-store').vary('Accept');
  if (!wantsCsv(req)) {
    res.json({ rows, ...more });
    return;
  }
  res.set('Content-Disposition', `attachment; filename="${name}.csv"`);
  res.type('text/csv').send(toCsv(columns, rows));
}

function wantsCsv(req: Request): boolean {
  const { format } = req.query;
  if (format === undefined) return req.accepts(['application/json', 'text/csv']) === 'text/csv';
  if (format === 'csv' || format === 'json') return format === 'csv';
  throw badRequest('format is not known', format, 'csv or json');
}

/** RFC 4180, with a header. All our values are dates, numbers and words of the schema. */
function toCsv<R>(columns: readonly (keyof R & string)[], rows: readonly R[]): string {
  const lines = rows.map((row) => columns.map((column) => csvValue(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function csvValue(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
