// Roles of a cluster that an earlier version has made.

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandAs, serverAccount } from '../../../src/db/embedded/account.ts';
import { findBinaries } from '../../../src/db/embedded/binaries.ts';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { runToEnd } from '../../../src/db/embedded/run-to-end.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { query, start } from '../clusters.ts';

/** A cluster as it was made before the program had a role of its own, with one of each thing that has an owner. */
async function makeOldCluster(dataDir: string): Promise<void> {
  const { cluster, folder, password } = placeIn(dataDir);
  const account = serverAccount();
  const binaries = await findBinaries();
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o711);
  writeFileSync(password, 'of before\n');
  if (account !== undefined) for (const one of [cluster, password]) chownSync(one, account.uid, account.gid);
  const login = ['--username=shopstream', `--pwfile=${password}`, '--auth=scram-sha-256', '--no-sync'];
  await runToEnd(commandAs(account, binaries.initdb, ['-D', cluster, ...login], folder), 'initdb');
  const inDatabase = (database: string, sql: string) => {
    const args = ['--single', '-j', '-D', cluster, '-c', 'exit_on_error=on', database];
    return runToEnd(commandAs(account, binaries.postgres, args, folder), 'postgres', `${sql};\n\n`);
  };
  await inDatabase('postgres', 'CREATE DATABASE shopstream');
  await inDatabase(
    'shopstream',
    `CREATE TYPE mood AS ENUM ('old', 'new'); CREATE SCHEMA other; CREATE TABLE other.things (n int PRIMARY KEY);
     CREATE TABLE kept (mood mood, id serial); INSERT INTO kept VALUES ('old', DEFAULT); CREATE VIEW seen AS SELECT mood, id FROM kept;
     CREATE TABLE parts (id bigint GENERATED ALWAYS AS IDENTITY) PARTITION BY RANGE (id); CREATE SEQUENCE free;
     CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'`,
  );
}

it('a role that an earlier version made a superuser loses its rights, and keeps all that was stored', async () => {
  const folder = temporaryFolder();
  await makeOldCluster(folder);
  const first = await start(folder);
  expect(first.fresh).toBe(false);
  expect(await query(first.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
    { rolsuper: false },
  ]);
  const change = `INSERT INTO kept VALUES ('new', DEFAULT); ALTER TABLE kept ADD more int; ALTER TYPE mood ADD VALUE 'fine';
    CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3'; ALTER VIEW seen RENAME TO looked_at;
    ALTER TABLE other.things RENAME TO thing; CREATE TABLE other.more (); CREATE TABLE public.another ()`;
  await query(first.url, change);
  await first.stop();
  const second = await start(folder);
  expect(await query(second.url, 'SELECT mood, id FROM looked_at ORDER BY id')).toEqual([
    { mood: 'old', id: 1 },
    { mood: 'new', id: 2 },
  ]);
});
