// The answers of /api/charts: JSON by default, CSV by Accept or ?format=csv. An answer is serialised and compressed once for all
// concurrent requests, and cached for later ones: most charts are of the past, which doesn't change.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { spreadsheetCell } from '../runtime/csv.ts';
import { SingleFlight } from '../runtime/single-flight.ts';
import { badRequest } from './errors.ts';

type Row = Readonly<Record<string, unknown>>;

/** ?format= of an operation whose answers go through here. */
export const formatParameter = z
  .unknown()
  .optional()
  .meta({ enum: ['json', 'csv'], description: 'instead of the header Accept' });

/** The answer of a chart. `more` is only in the JSON; `name` is the CSV's file name, `columns` its header. */
export type Answer = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly more: object;
};

type Written = { readonly name: string; readonly plain: Buffer; readonly gzipped: Buffer };

const compress = promisify(gzip);
const GZIP = { level: 5 };

const KEPT_BYTES = 16 * 1024 * 1024;
/** Bounds the age of an answer where no change is announced: at midnight, for rows written by hand, while Postgres is away. */
const KEPT_MS = 10_000;

/** The answers being made, and those that are valid until something is stored. */
export class ResponseCache {
  readonly #shared = new SingleFlight<Written>();
  readonly #kept = new LRUCache<string, Written>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ plain, gzipped }) => plain.length + gzipped.length + 1,
    ttl: KEPT_MS,
  });
  #changes = 0;

  /** Drops all answers; to be called when something was stored. */
  forget(): void {
    this.#changes += 1;
    this.#kept.clear();
  }

  /**
   * Sends the result of `make`, as JSON or CSV.
   * @param keep whether the answer is valid until something is stored
   */
  async send(req: Request, res: Response, make: () => Promise<Answer>, keep = false): Promise<void> {
    res.set('Cache-Control', 'no-store').vary('Accept').vary('Accept-Encoding');
    const asCsv = wantsCsv(req);
    const key = `${asCsv} ${req.originalUrl}`;
    const written =
      this.#kept.get(key) ?? (await this.#shared.get(key, () => this.#write(key, asCsv, make, keep)));
    if (asCsv) res.set('Content-Disposition', `attachment; filename="${written.name}.csv"`);
    res.type(asCsv ? 'text/csv' : 'application/json');
    if (req.acceptsEncodings('gzip') === 'gzip') res.set('Content-Encoding', 'gzip').send(written.gzipped);
    else res.send(written.plain);
  }

  async #write(key: string, asCsv: boolean, make: () => Promise<Answer>, keep: boolean): Promise<Written> {
    const before = this.#changes;
    const written = await write(await make(), asCsv);
    if (keep && this.#changes === before) this.#kept.set(key, written);
    return written;
  }
}

async function write({ name, columns, rows, more }: Answer, asCsv: boolean): Promise<Written> {
  const plain = Buffer.from(asCsv ? toCsv(columns, rows) : JSON.stringify({ rows, ...more }));
  return { name, plain, gzipped: await compress(plain, GZIP) };
}

/** Whether a request asks for CSV. @throws {HttpError} 400 for an unknown ?format= */
export function wantsCsv(req: Request): boolean {
  const { format } = req.query;
  if (format === undefined) return req.accepts(['application/json', 'text/csv']) === 'text/csv';
  if (format === 'csv' || format === 'json') return format === 'csv';
  throw badRequest('format is not known', format, 'csv or json');
}

/** CSV by RFC 4180, with a header. */
function toCsv(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => csvValue(row[column])).join(','));
  return [columns.map(spreadsheetCell).join(','), ...lines, ''].join('\r\n');
}

function csvValue(value: unknown): string {
  return spreadsheetCell(value instanceof Date ? value.toISOString() : String(value ?? ''));
}
