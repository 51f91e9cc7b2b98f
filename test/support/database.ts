// Databases of a test file: its own, dropped when all its tests passed and kept when one failed.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { codeOf } from '../../src/runtime/errors.ts';
import { afterFile, hasFailed } from './after-file.ts';
import { eventually } from './eventually.ts';
import { testLog } from './log.ts';

export { testLog } from './log.ts';

const IN_USE = '55006';

/** Drops a database, or says that it is there to be looked at. */
async function putAway(name: string): Promise<void> {
  if (hasFailed()) console.warn(`kept for a look, while this run's server lives: ${name}`);
  else await dropDatabase(name);
}

/** Without FORCE, which is refused to a role that is no superuser while an autovacuum worker is in the database. */
const dropDatabase = (name: string): Promise<true> => withNobodyIn(name, `DROP DATABASE ${name}`);

/** Runs a statement that needs a database without connections: those that it has are ended. */
const withNobodyIn = (name: string, sql: string): Promise<true> =>
  eventually(async () => {
    await administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
    );
    return administer(sql).then(
      () => true as const,
      // What is told to end may need a while for it.
      (error) => codeOf(error) !== IN_USE && Promise.reject(error),
    );
  });

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Makes an empty database; its URL. */
export const emptyDatabase = (): Promise<string> => makeDatabase('template1');

/** Copying files takes less time than logging each page of them, where no fsync is waited for. */
async function makeDatabase(template: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withNobodyIn(template, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  afterFile(() => putAway(name));
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

/** Opens a pool that is closed after the file's tests. */
export function openTestPool(url: string): Pool {
  const pool = openPool(url, testLog);
  afterFile(() => pool.end());
  return pool;
}

/** Makes a database with the program's schema, in UTC unless told otherwise. */
export async function migratedDatabase(timeZone = 'UTC'): Promise<{ url: string; pool: Pool }> {
  const url = await makeDatabase(inject('migratedDatabase'));
  const pool = openTestPool(url);
  await migrate(pool, testLog, timeZone);
  return { url, pool };
}

/** Makes a copy of a database of this file, whose connections are ended: no test uses it any more, or waits for it. */
export async function copyOfDatabase(url: string): Promise<Pool> {
  return openTestPool(await makeDatabase(new URL(url).pathname.slice(1)));
}
