// Batch runs and their positions.

import { createHash } from 'node:crypto';
import type { Client } from '../../db/pool.ts';

const LOCK_CLASS = 0x5510;
const LOCKS = { connection: 'pg_try_advisory_lock', transaction: 'pg_try_advisory_xact_lock' } as const;

/**
 * Takes the lock of a definition's runs: one run at a time, and none while the definition is deleted.
 * @param until the end of the connection or of the transaction, which releases the lock
 * @returns false where another process holds it
 */
export async function lockRuns(
  client: Client,
  definition: string,
  until: keyof typeof LOCKS,
): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`SELECT ${LOCKS[until]}($1, $2) AS taken`, [
    LOCK_CLASS,
    lockKeyOf(definition),
  ]);
  return rows[0]?.taken === true;
}

/** Releases a lock of lockRuns() before its connection ends. */
export async function unlockRuns(client: Client, definition: string): Promise<void> {
  await client.query('SELECT pg_advisory_unlock($1, $2)', [LOCK_CLASS, lockKeyOf(definition)]);
}

const lockKeyOf = (definition: string): number =>
  createHash('sha256').update(`aggregator ${definition}`).digest().readInt32BE();

export type Run = {
  readonly id: number;
  readonly version: number;
  readonly inputs: string;
  /** The run's `now`, in milliseconds since the epoch; a resumed run keeps it. */
  readonly clock: number;
  /** Index of the file that is being read, and its last line or element whose record is committed. */
  readonly file: number;
  readonly position: number;
  /** The byte where the row behind the position begins in a CSV file; 0 where that is not known. */
  readonly byte: number;
  readonly records: number;
  readonly set_aside: number;
  readonly finished: boolean;
};

const COLUMNS = `id, version, inputs::text AS inputs, extract(epoch FROM clock) * 1000 AS clock, file, position, byte,
  records, set_aside, finished_at IS NOT NULL AS finished`;

/** The run of a definition whose rows were not all delivered, finished or not. */
export async function findOpenRun(client: Client, definition: string): Promise<Run | undefined> {
  const { rows } = await client.query<Run>(
    `SELECT ${COLUMNS} FROM aggregator_runs WHERE definition = $1 AND delivered_at IS NULL`,
    [definition],
  );
  const [run] = rows;
  return run === undefined ? undefined : { ...run, clock: Number(run.clock) };
}

/** Inserts a run at its beginning. @param inputs its files, as JSON @param now the run's clock, in milliseconds since the epoch */
export async function insertRun(
  client: Client,
  definition: string,
  version: number,
  inputs: string,
  now: number,
): Promise<void> {
  await client.query(
    `INSERT INTO aggregator_runs (definition, version, inputs, clock) VALUES ($1, $2, $3, to_timestamp($4 / 1000.0))`,
    [definition, version, inputs, now],
  );
}

/** Position and counts of a run. */
export type RunPlace = Pick<Run, 'id' | 'file' | 'position' | 'byte' | 'records' | 'set_aside'>;

/**
 * Moves a run from one place to another, with its counts.
 * @throws {Error} where another process has moved it since `from` was read
 */
export async function moveRun(
  client: Client,
  from: RunPlace,
  to: RunPlace,
  finished: boolean,
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE aggregator_runs SET file = $4, position = $5, byte = $6, records = $7, set_aside = $8,
       finished_at = CASE WHEN $9 THEN clock_timestamp() END
     WHERE id = $1 AND file = $2 AND position = $3 AND finished_at IS NULL`,
    [from.id, from.file, from.position, to.file, to.position, to.byte, to.records, to.set_aside, finished],
  );
  if (rowCount !== 1) throw new Error('another process has gone on with this run; this one stops');
}

/** Notes that all rows of a run were delivered, so that another run may begin. */
export async function markDelivered(client: Client, id: number): Promise<void> {
  await client.query('UPDATE aggregator_runs SET delivered_at = clock_timestamp() WHERE id = $1', [id]);
}
