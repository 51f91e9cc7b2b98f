// The state from which a later run resumes a load: its row in unfinished_load, and the table of the rows it has read, with
// the columns and checks of events and no index yet.

import type { Client } from '../../../src/db/pool.ts';

export type Unfinished = {
  readonly load_id: number;
  readonly source: string;
  /** CSV text read so far, in whole lines. */
  readonly bytes: number;
  readonly lines: number;
  /** Rows in the load's table. */
  readonly rows: number;
  readonly rejected: number;
  /** Rows that were there already, with the same content. */
  readonly present: number;
  readonly sha256: string;
  /** The whole file was read. */
  readonly complete: boolean;
  readonly merged_rows: number;
  readonly merged_blocks: number;
  readonly started_at: Date;
};

/** Above the 64 blocks by which PostgreSQL extends a table at once, which the next rows fill. */
const EXTENDED_BLOCKS = 1024;

/** Name of the table that the rows of a load are copied into. */
export const stageTable = ({ load_id }: Pick<Unfinished, 'load_id'>): string => `events_${load_id}`;

export async function readUnfinished(client: Client): Promise<Unfinished | undefined> {
  const { rows } = await client.query<Unfinished>('SELECT * FROM unfinished_load');
  return rows[0];
}

/** Begins a load: an empty table, nothing read. @param sha256 of no bytes */
export async function beginStage(client: Client, source: string, sha256: string): Promise<Unfinished> {
  const { rows } = await client.query<Unfinished>(
    `INSERT INTO unfinished_load (load_id, source, sha256)
     VALUES (nextval(pg_get_serial_sequence('loads', 'id')), $1, $2) RETURNING *`,
    [source, sha256],
  );
  const [unfinished] = rows;
  if (unfinished === undefined) throw new Error('no row was returned');
  // Autovacuum would compete with the load for a table that is about to be indexed and attached.
  await client.query(
    `CREATE TABLE ${stageTable(unfinished)} (LIKE events INCLUDING CONSTRAINTS) WITH (autovacuum_enabled = off)`,
  );
  return unfinished;
}

/** Columns of unfinished_load that a transaction changes. */
export type Change = Partial<
  Pick<Unfinished, 'complete' | 'sha256' | 'bytes' | 'lines' | 'merged_blocks'>
> & {
  /** To be added to the counts. */
  readonly add?: Partial<Record<'rows' | 'rejected' | 'present' | 'merged_rows', number>>;
};

/** Updates unfinished_load. @returns its row afterwards */
export async function changeStage(client: Client, { add = {}, ...set }: Change): Promise<Unfinished> {
  const names = [...Object.keys(set), ...Object.keys(add)];
  const assignments = names.map((name, index) => {
    const before = name in add ? `${name} + ` : '';
    return `${name} = ${before}$${index + 1}`;
  });
  const { rows } = await client.query<Unfinished>(
    `UPDATE unfinished_load SET ${assignments.join(', ')} RETURNING *`,
    [...Object.values(set), ...Object.values(add)],
  );
  const [unfinished] = rows;
  if (unfinished === undefined) throw new Error('expected an unfinished load');
  return unfinished;
}

/** Number of blocks of the load's table before the last one with a row; the next rows are added behind them. */
export async function fullBlocks(client: Client, load: Unfinished): Promise<number> {
  const table = stageTable(load);
  const { rows } = await client.query<{ blocks: number | null }>(
    `SELECT (max(ctid)::text::point)[0]::integer AS blocks FROM ${table}
     WHERE ctid >= (SELECT format('(%s,0)', greatest(pg_relation_size('${table}') / current_setting('block_size')::integer
       - ${EXTENDED_BLOCKS}, 0))::tid)`,
  );
  return rows[0]?.blocks ?? 0;
}

/** Deletes an unfinished load with its rows. */
export async function dropStage(client: Client): Promise<void> {
  const unfinished = await readUnfinished(client);
  if (unfinished === undefined) return;
  await client.query(`DROP TABLE IF EXISTS ${stageTable(unfinished)}`);
  await client.query('DELETE FROM rejected_rows WHERE load_id = $1', [unfinished.load_id]);
  await client.query('DELETE FROM unfinished_load');
}
