// Transactions on a connection of the loader's, which holds its temporary tables.

import type pg from 'pg';
import { codeOf } from '../../src/runtime/errors.ts';

const DEADLOCK = '40P01';
const TRIES = 5;

/**
 * Runs `work` in one transaction; once more after a deadlock with ingest.
 * @throws what `work` throws, after a rollback
 */
export async function transact<T>(
  client: pg.PoolClient,
  work: (client: pg.PoolClient) => Promise<T>,
  tries = TRIES,
): Promise<T> {
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    if (codeOf(error) === DEADLOCK && tries > 1) return transact(client, work, tries - 1);
    throw error;
  }
}
