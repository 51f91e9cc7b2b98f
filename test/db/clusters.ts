// Embedded PostgreSQL servers of tests, each with a cluster of its own.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { placeIn } from '../../src/db/embedded/place.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Starts a server that is stopped with the test. */
export async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(dataDir, await freePort(), testLog);
  onTestFinished(() => server.stop());
  return server;
}

/** Makes a cluster with a table, and stops its server in order; tests get copies, as making one takes a second or two. */
export async function makeCluster(): Promise<string> {
  const folder = temporaryFolder();
  const server = await startEmbeddedPostgres(folder, await freePort(), testLog);
  await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await server.stop();
  return folder;
}

/** A folder with a copy of a cluster. */
export function copyOf(made: string): string {
  const folder = temporaryFolder();
  execFileSync('cp', ['-a', `${made}/.`, folder]);
  return folder;
}

export async function query<R extends pg.QueryResultRow>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const pidFileOf = (dataDir: string) => path.join(placeIn(dataDir).cluster, 'postmaster.pid');
export const postmasterOf = (dataDir: string) =>
  Number(readFileSync(pidFileOf(dataDir), 'utf8').split('\n', 1)[0]);
