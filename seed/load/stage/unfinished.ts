// What an unfinished load leaves behind so that a later run can go on: its row in unfinished_load, and the table with
// the rows it has read. The table has the columns and checks of events, and no index yet.

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
  /** All of the file is read. */
  readonly complete: boolean;
  readonly merged_rows: number;
  readonly merged_blocks: number;
  readonly started_at: Date;
};

/** PostgreSQL makes a table longer by fewer empty blocks at once (64), to be filled by what comes. */
const EXTENDED_BLOCKS = 1024;

/** The table that the rows of a load are read into. */
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
  // Vacuuming what is about to be indexed and published would only get in the way.
  await client.query(
    `CREATE TABLE ${stageTable(unfinished)} (LIKE events INCLUDING CONSTRAINTS) WITH (autovacuum_enabled = off)`,
  );
  return unfinished;
}

/** What a transaction changes of an unfinished load. */
export type Change = Partial<
  Pick<Unfinished, 'complete' | 'sha256' | 'bytes' | 'lines' | 'merged_blocks'>
> & {
  /** To be added to the counts. */
  readonly add?: Partial<Record<'rows' | 'rejected' | 'present' | 'merged_rows', number>>;
};

/** Moves an unfinished load; as it stands then. */
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

/** How many blocks of the load's table lie before the last one with a row: the next rows go behind these. */
export async function fullBlocks(client: Client, load: Unfinished): Promise<number> {
  const table = stageTable(load);
  const { rows } = await client.query<{ blocks: number | null }>(
    `SELECT (max(ctid)::text::point)[0]::integer AS blocks FROM ${table}
     WHERE ctid >= (SELECT format('(%s,0)', greatest(pg_relation_size('${table}') / current_setting('block_size')::integer
       - ${EXTENDED_BLOCKS}, 0))::tid)`,
  );
  return rows[0]?.blocks ?? 0;
}

/** Forgets a load that was not finished, with all that it read. */
export async function dropStage(client: Client): Promise<void> {
  const unfinished = await readUnfinished(client);
  if (unfinished === undefined) return;
  await client.query(`DROP TABLE IF EXISTS ${stageTable(unfinished)}`);
  await client.query('DELETE FROM rejected_rows WHERE load_id = $1', [unfinished.load_id]);
  await client.query('DELETE FROM unfinished_load');
}
