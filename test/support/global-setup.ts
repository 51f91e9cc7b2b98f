// Once per test run: compiles the program, as tests that start it do so as a user would, and starts one PostgreSQL,
// in which every test makes its own database. TEST_DATABASE_URL names a server to use instead.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openPool } from '../../src/db/pool.ts';
import { createLog } from '../../src/runtime/log.ts';
import { leaveNothingBehind } from './left-behind.mjs';
import { freePort } from './ports.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
    /** The name of a database with the program's schema, of which tests get copies: migrating takes longer. */
    migratedDatabase: string;
  }
}

const log = createLog('postgres', 'warn', false);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-test-'));
  // Tests put folders of other users into it: they have to pass, and nobody has to look around.
  chmodSync(folder, 0o711);
  leaveNothingBehind(folder);
  const [server] = await Promise.all([startServer(path.join(folder, 'server')), build()]);
  const migrated = await migratedDatabase(server.url);
  project.provide('databaseUrl', server.url);
  project.provide('migratedDatabase', migrated.name);
  return async () => {
    await migrated.drop();
    await server.stop();
  };
}

async function build(): Promise<void> {
  const [code] = await once(spawn('npm', ['run', '--silent', 'build'], { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`the build ended with ${code}`);
}

async function startServer(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  return startEmbeddedPostgres(folder, await freePort(), log);
}

/** Makes a database that is closed to everybody, so that any number of copies can be made at a time. */
async function migratedDatabase(serverUrl: string): Promise<{ name: string; drop(): Promise<void> }> {
  const name = `migrated_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  const pool = openPool(url.href, log);
  await migrate(pool, log, 'UTC').finally(() => pool.end());
  await administer(serverUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  return { name, drop: () => administer(serverUrl, `DROP DATABASE ${name}`) };
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
