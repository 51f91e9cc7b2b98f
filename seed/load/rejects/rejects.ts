// Rows that were set aside: the table rejected_rows, written in the transactions that count them.

import type { Client } from '../../../src/db/pool.ts';
import type { RejectedLine } from '../../csv/encoder.ts';
import { DatasetError } from '../../errors.ts';
import type { LoadResult, RejectedRow } from '../progress.ts';
import type { Unfinished } from '../stage/unfinished.ts';

/** All rejected rows are counted; no more than these are stored of a load, so that a wrong file doesn't fill the disk. */
export const MOST_KEPT = 100_000;
const SHOWN = 10;

/** Stores rejected lines, up to MOST_KEPT of a load. */
export async function insertRejects(
  client: Client,
  { load_id, source, rejected }: Unfinished,
  lines: readonly RejectedLine[],
): Promise<void> {
  const kept = lines.slice(0, Math.max(0, MOST_KEPT - rejected));
  if (kept.length === 0) return;
  await client.query(
    `INSERT INTO rejected_rows (load_id, file, line, "column", reason, content)
     SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[])`,
    [
      load_id,
      source,
      kept.map(({ line }) => line),
      kept.map(({ column }) => column ?? null),
      kept.map(({ reason }) => reason),
      kept.map(({ content }) => content),
    ],
  );
}

/** Refuses a load for its first rejected row, if there is one. @throws {DatasetError} BAD_ROW */
export function refuse(file: string, [first]: readonly (RejectedLine | RejectedRow)[]): void {
  if (first === undefined) return;
  const place = [file, first.line && `line ${first.line}`, first.column].filter(Boolean).join(', ');
  throw new DatasetError('BAD_ROW', `${place}: ${first.reason} (nothing was loaded)`);
}

/** A few of the rows that a load set aside. */
export async function readRejects(client: Client, loadId: number, most: number): Promise<RejectedRow[]> {
  const { rows } = await client.query<RejectedRow>(
    `SELECT file, line, "column", reason, content FROM rejected_rows WHERE load_id = $1 ORDER BY line LIMIT $2`,
    [loadId, most],
  );
  return rows;
}

type Counts = Pick<Unfinished, 'load_id' | 'source' | 'present' | 'rejected' | 'bytes' | 'sha256'>;

/** The result of a load, with the first of its rejected rows. */
export async function resultOf(
  client: Client,
  { load_id, source, present, rejected, bytes, sha256 }: Counts,
  added: number,
  known: boolean,
): Promise<Omit<LoadResult, 'seconds'>> {
  const rejects = await readRejects(client, load_id, SHOWN);
  return { source, added, present, rejected, rejects, bytes, sha256, known };
}
