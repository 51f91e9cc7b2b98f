// Transactions on a connection that the loader keeps: its temporary tables live there.

import type pg from 'pg';
import { codeOf } from '../../src/runtime/errors.ts';

const DEADLOCK = '40P01';
const TRIES = 5;

/**
 * Runs `work` in one transaction; once more where ingest and the loader waited for each other.
 * @throws what `work` throws: nothing is written then
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
