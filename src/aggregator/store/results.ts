// What was flushed and what was set aside, in Postgres: committed with the sessions that it came of.

import { CopyRows, copyInto } from '../../db/copy.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { writeRow } from '../core/row.ts';
import { sessionId } from '../core/session.ts';
import type { Flushed } from '../core/step.ts';
import { inParts } from './in-parts.ts';

const ROWS = 5_000;
/** About so many of a flushed row. */
const ROW_BYTES = 1_024;

/**
 * Writes what was flushed.
 * @param run of a batch; undefined in real time
 * @returns the rows, as JSON text
 */
export async function insertResults(
  client: Client,
  flushed: Iterable<Flushed>,
  run: number | undefined,
): Promise<string[]> {
  const rows: string[] = [];
  await inParts(flushed, async (some) => {
    const copied = new CopyRows(some.length * ROW_BYTES);
    for (const one of some) {
      const row = writeRow(one);
      rows.push(row);
      copied.row(5).text(one.session.plan.definition);
      if (run === undefined) copied.bytes(null);
      else copied.bigint(BigInt(run));
      copied.text(sessionId(one.session)).text(row).timestamp(one.at);
    }
    await copyInto(client, 'aggregator_results (definition, run, id, row, flushed_at)', copied);
  });
  return rows;
}

export type AsideRow = {
  readonly source: string;
  readonly position: number;
  readonly field: string;
  readonly message: string;
};

export async function insertAsides(
  client: Client,
  definition: string,
  asides: readonly AsideRow[],
  run: number | undefined,
): Promise<void> {
  for (let at = 0; at < asides.length; at += ROWS) {
    const some = asides.slice(at, at + ROWS);
    await client.query(
      `INSERT INTO aggregator_set_aside (definition, run, source, position, field, message)
       SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::json[])`,
      [
        definition,
        run ?? null,
        some.map(({ source }) => source),
        some.map(({ position }) => position),
        some.map(({ field }) => field),
        some.map(({ message }) => JSON.stringify(message)),
      ],
    );
  }
}

/** The number of the newest flushed row of a definition in real time; 0 where there is none. */
export async function lastResult(pool: Pool, definition: string): Promise<number> {
  const { rows } = await pool.query<{ seq: number | null }>(
    'SELECT max(seq) AS seq FROM aggregator_results WHERE definition = $1 AND run IS NULL',
    [definition],
  );
  return rows[0]?.seq ?? 0;
}

/** Flushed rows of a definition in real time, as JSON text, behind one of them; ROWS at most. */
export async function readResults(
  pool: Pool,
  definition: string,
  behind: number,
): Promise<readonly { readonly seq: number; readonly row: string }[]> {
  const { rows } = await pool.query<{ seq: number; row: string }>(
    `SELECT seq, row::text AS row FROM aggregator_results
     WHERE definition = $1 AND run IS NULL AND seq > $2 ORDER BY seq LIMIT $3`,
    [definition, behind, ROWS],
  );
  return rows;
}
