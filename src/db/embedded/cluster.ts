// Makes the cluster's folder, and checks that this program's server can read it.

import { execFileSync } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseError } from '../errors.ts';
import { type Account, commandAs } from './account.ts';
import type { Binaries } from './binaries.ts';
import type { Place } from './place.ts';
import { makeRole, SUPERUSER } from './role.ts';
import { runToEnd } from './run-to-end.ts';

/** Begins the name of the folder in which a cluster is made; random characters follow. */
const UNFINISHED = 'cluster.new';

/** Makes the cluster, with the program's role in it: completely, or not at all. @throws {DatabaseError} EMBEDDED_START */
export async function makeCluster(
  place: Place,
  binaries: Binaries,
  account: Account | undefined,
): Promise<void> {
  const unfinished = await mkdtemp(path.join(place.folder, `${UNFINISHED}-`));
  if (account !== undefined) await chown(unfinished, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const login = [`--username=${SUPERUSER}`, '--auth=reject', '--no-instructions', '--no-sync'];
  const args = [`--pgdata=${unfinished}`, ...locale, ...login];
  await runToEnd(commandAs(account, binaries.initdb, args, place.folder), 'initdb');
  await makeRole({ ...place, cluster: unfinished }, binaries, account);
  await rename(unfinished, place.cluster);
}

/**
 * Removes unfinished clusters of programs that were killed. Errors are ignored: the initdb of a killed program may still be writing, and
 * the next start tries again.
 */
export async function removeUnfinished({ folder }: Place): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of left)
    await rm(path.join(folder, name), { recursive: true, force: true }).catch(() => {});
}

/** Checks the cluster's version. @throws {DatabaseError} EMBEDDED_START where another major version made it */
export async function checkVersion(place: Place, { postgres }: Binaries): Promise<void> {
  const made = (await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8')).trim();
  const mine = /(\d+)\./.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' }))?.[1];
  if (made === mine) return;
  throw new DatabaseError(
    'EMBEDDED_START',
    `${place.cluster} was made by PostgreSQL ${made}, this program brings PostgreSQL ${mine}: move the folder away or start the other version of Shopstream`,
  );
}
