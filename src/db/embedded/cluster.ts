// The cluster's folder: where it is, how it is made, whether this program's server can read it.

import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseError } from '../errors.ts';
import { type Account, commandAs, idsOf } from './account.ts';
import type { Binaries } from './binaries.ts';

export const USER = 'shopstream';

export type Place = {
  readonly folder: string;
  readonly cluster: string;
  readonly log: string;
  readonly password: string;
};

/** Where the embedded server keeps its things. */
export function placeIn(dataDir: string): Place {
  const folder = path.join(dataDir, 'postgres');
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    log: path.join(folder, 'server.log'),
    password: path.join(folder, 'password'),
  };
}

/** Makes the cluster, whole or not at all. */
export async function makeCluster(
  place: Place,
  { initdb }: Binaries,
  account: Account | undefined,
): Promise<void> {
  const unfinished = `${place.cluster}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  await writeFile(place.password, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) {
    await chown(unfinished, account.uid, account.gid);
    await chown(place.password, account.uid, account.gid);
  }
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const login = [`--username=${USER}`, `--pwfile=${place.password}`, '--auth=scram-sha-256'];
  const args = [`--pgdata=${unfinished}`, ...locale, ...login, '--no-sync', '--no-instructions'];
  const command = commandAs(account, initdb, args, [place.folder]);
  const child = spawn(command.file, command.args, {
    ...idsOf(command.account),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `initdb failed: ${lastLines(Buffer.concat(output).toString())}`,
    );
  }
  await rename(unfinished, place.cluster);
}

/** @throws {DatabaseError} EMBEDDED_START where another major version made the cluster */
export async function checkVersion(place: Place, { postgres }: Binaries): Promise<void> {
  const made = (await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8')).trim();
  const mine = /(\d+)\./.exec(execFileSync(postgres, ['--version'], { encoding: 'utf8' }))?.[1];
  if (made === mine) return;
  throw new DatabaseError(
    'EMBEDDED_START',
    `${place.cluster} was made by PostgreSQL ${made}, this program brings PostgreSQL ${mine}: move the folder away or start the other version of Shopstream`,
  );
}

/** The end of what a server said, on one line. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' | ');
}
