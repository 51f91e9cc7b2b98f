// Databases of a test file: its own, dropped when all its tests passed and kept when one failed.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeEach, inject, onTestFailed } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { testLog } from './log.ts';

export { testLog } from './log.ts';

const made: string[] = [];
const pools: Pool[] = [];
let failed = false;

beforeEach(() => {
  onTestFailed(() => {
    failed = true;
  });
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  if (failed && made.length > 0)
    console.warn(`kept for a look, while this run's server lives: ${made.join(', ')}`);
  if (!failed) for (const name of made) await dropDatabase(name);
});

/** Without FORCE, which is refused to a role that is no superuser while an autovacuum worker is in the database. */
async function dropDatabase(name: string): Promise<void> {
  await administer(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
  );
  await administer(`DROP DATABASE ${name}`);
}

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
export async function emptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  made.push(name);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

/** Opens a pool that is closed after the file's tests. */
export function openTestPool(url: string): Pool {
  const pool = openPool(url, testLog);
  pools.push(pool);
  return pool;
}

/** Makes a database with the program's schema, in UTC unless told otherwise. */
export async function migratedDatabase(timeZone = 'UTC'): Promise<{ url: string; pool: Pool }> {
  const url = await emptyDatabase();
  const pool = openTestPool(url);
  await migrate(pool, testLog, timeZone);
  return { url, pool };
}
