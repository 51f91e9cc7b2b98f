// An /api/charts answer: JSON by default, CSV where it is asked for by Accept or ?format=csv. Written and compressed once
// for all who asked for it together.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { badRequest } from '../web/errors.ts';
import { Shared } from './shared.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a chart answers: `more` is only in the JSON; `name` and `columns`, its header, are the CSV's. */
export type Answer = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly more: object;
};

type Written = { readonly name: string; readonly plain: Buffer; readonly gzipped: Buffer };

const compress = promisify(gzip);
const GZIP = { level: 5 };

/** All answers that are being made in this process. */
export class Answers {
  readonly #shared = new Shared<Written>();

  /** Sends what `make` answers, as the client wants it. */
  async send(req: Request, res: Response, make: () => Promise<Answer>): Promise<void> {
    res.set('Cache-Control', 'no-store').vary('Accept').vary('Accept-Encoding');
    const asCsv = wantsCsv(req);
    const written = await this.#shared.get(`${asCsv} ${req.originalUrl}`, async () =>
      write(await make(), asCsv),
    );
    if (asCsv) res.set('Content-Disposition', `attachment; filename="${written.name}.csv"`);
    res.type(asCsv ? 'text/csv' : 'application/json');
    if (req.acceptsEncodings('gzip') === 'gzip') res.set('Content-Encoding', 'gzip').send(written.gzipped);
    else res.send(written.plain);
  }
}

async function write({ name, columns, rows, more }: Answer, asCsv: boolean): Promise<Written> {
  const plain = Buffer.from(asCsv ? toCsv(columns, rows) : JSON.stringify({ rows, ...more }));
  return { name, plain, gzipped: await compress(plain, GZIP) };
}

function wantsCsv(req: Request): boolean {
  const { format } = req.query;
  if (format === undefined) return req.accepts(['application/json', 'text/csv']) === 'text/csv';
  if (format === 'csv' || format === 'json') return format === 'csv';
  throw badRequest('format is not known', format, 'csv or json');
}

/** RFC 4180, with a header. All our values are dates, numbers and words of the schema. */
function toCsv(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => csvValue(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function csvValue(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
