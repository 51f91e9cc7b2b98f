import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import type { Program } from '../program.ts';

/** Connects to the database of a running program. */
export async function databaseOf({ env }: Program, folder: string): Promise<pg.Client> {
  const password = readFileSync(path.join(folder, 'postgres', 'password'), 'utf8').trim();
  const url = `postgres://shopstream:${password}@127.0.0.1:${env.POSTGRES_PORT}/shopstream`;
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
