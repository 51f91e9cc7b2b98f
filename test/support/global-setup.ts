// Once per test run: compiles the program, as tests that start it do so as a user would, makes a data folder of which programs get
// copies, and starts one PostgreSQL, in which every test makes its own database. TEST_DATABASE_URL names a server to use instead.

import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  appendFileSync,
  chmodSync,
  constants,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { loadSample } from '../../seed/sample.ts';
import { placeIn } from '../../src/db/embedded/place.ts';
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
    /** A data folder with a PostgreSQL that has the schema and the sample: making one takes longer than most tests. */
    madeDataFolder: string;
  }
}

/** What the files of a run take at most, with room to spare. */
const NEEDED_BYTES = 4 * 1024 ** 3;

const log = createLog('postgres', 'warn', false);

/** Tests survive no power cut; what they are about is said by the program's own settings. */
const FOR_TESTS = ['fsync = off', 'full_page_writes = off', 'autovacuum = off'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(placeForFiles(), 'shopstream-test-'));
  // Tests put folders of other users into it: they have to pass, and nobody has to look around.
  chmodSync(folder, 0o711);
  leaveNothingBehind(folder);
  const made = path.join(folder, 'made');
  await Promise.all([makeDataFolder(made), build()]);
  const server = await startServer(made, path.join(folder, 'server'));
  const migrated = await migratedDatabase(server.url);
  project.provide('databaseUrl', server.url);
  project.provide('migratedDatabase', migrated.name);
  project.provide('madeDataFolder', made);
  return async () => {
    await migrated.drop();
    await server.stop();
  };
}

/** In memory where there is room: what is written and synced all the time needs no disk, as it is gone after the run. */
function placeForFiles(memory = '/dev/shm'): string {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= NEEDED_BYTES && mayRunProgramsOf(memory) ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** False on a file system that is mounted without: some tests run programs out of their folders. */
function mayRunProgramsOf(folder: string): boolean {
  const file = path.join(folder, `shopstream-test-${process.pid}`);
  try {
    writeFileSync(file, '', { mode: 0o700 });
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(file, { force: true });
  }
}

async function build(): Promise<void> {
  const [code] = await once(spawn('npm', ['run', '--silent', 'build'], { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`the build ended with ${code}`);
}

async function makeDataFolder(folder: string): Promise<void> {
  const server = await startEmbeddedPostgres(folder, await freePort(), log);
  const pool = openPool(server.url, log);
  await migrate(pool, log, 'UTC');
  await loadSample(pool, log);
  await pool.end();
  await server.stop();
  appendFileSync(path.join(placeIn(folder).cluster, 'postgresql.conf'), `\n${FOR_TESTS.join('\n')}\n`);
}

async function startServer(made: string, folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  execFileSync('cp', ['-a', made, folder]);
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
