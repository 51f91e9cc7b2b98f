// The indexes of events, built on a load's table before ATTACH PARTITION, which would build the missing ones under its lock.

import type { Client } from '../../../src/db/pool.ts';
import { codeOf } from '../../../src/runtime/errors.ts';
import { stageTable, type Unfinished } from './unfinished.ts';

const UNIQUE_VIOLATION = '23505';

const keyOf = (load: Unfinished): string => `${stageTable(load)}_pkey`;

/**
 * Builds the index of events' key while others read the table, which ALTER TABLE … ADD PRIMARY KEY would lock.
 * @returns false, without an index, where an id is repeated
 */
export async function indexKey(client: Client, load: Unfinished): Promise<boolean> {
  try {
    await client.query(`CREATE UNIQUE INDEX IF NOT EXISTS ${keyOf(load)} ON ${stageTable(load)} (order_id)`);
    return true;
  } catch (error) {
    if (codeOf(error) === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Makes the index that indexKey() built the table's primary key. */
export async function addKey(client: Client, load: Unfinished): Promise<void> {
  const table = stageTable(load);
  const { rowCount } = await client.query(
    `SELECT FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'p'`,
    [table],
  );
  if (rowCount === 0) await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY USING INDEX ${keyOf(load)}`);
}

/** Gives the load's table the other indexes that events has. */
export async function addIndexes(client: Client, load: Unfinished): Promise<void> {
  const there = new Set(await otherIndexes(client, stageTable(load)));
  for (const definition of await otherIndexes(client, 'events')) {
    if (!there.has(definition)) await client.query(`CREATE INDEX ON ${stageTable(load)} ${definition}`);
  }
}

/** Definitions of a table's indexes besides its key, from USING on. */
async function otherIndexes(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `SELECT substring(pg_get_indexdef(indexrelid) FROM ' (USING .*)$') AS definition
     FROM pg_index WHERE indrelid = $1::regclass AND NOT indisprimary`,
    [table],
  );
  return rows.map(({ definition }) => definition);
}
