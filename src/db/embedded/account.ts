// PostgreSQL refuses to run as root. Where the program is root (containers, CI), the server runs as an account without
// rights, and is let through folders that only root may enter by one capability.

import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseError } from '../errors.ts';

export type Account = { readonly name: string; readonly uid: number; readonly gid: number };
export type Command = { readonly file: string; readonly args: readonly string[]; readonly account?: Account };

/** The account that the server must run as; undefined where the program is an ordinary user. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map(parseAccount);
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((one) => one?.name === name))
    .find(Boolean);
  if (account !== undefined) return account;
  throw new DatabaseError(
    'EMBEDDED_START',
    'PostgreSQL does not run as root, and this machine has no account "postgres" or "nobody": make one, or set DATABASE_URL',
  );
}

function parseAccount(line: string): Account | undefined {
  const [name, , uid, gid] = line.split(':');
  if (name === undefined || uid === undefined || gid === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * The command line that runs `file` as `account`.
 * @param folders that the server has to enter
 * @throws {DatabaseError} EMBEDDED_START where a folder is closed to the account and the machine can't open it
 */
export function commandAs(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  folders: readonly string[],
): Command {
  if (account === undefined) return { file, args };
  const closed = [path.dirname(file), ...folders].find((folder) => !canEnter(account, folder));
  if (closed === undefined) return { file, args, account };
  if (!hasSetpriv()) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `PostgreSQL does not run as root, and user "${account.name}" may not enter ${closed}: choose another DATA_DIR, start as an ordinary user, or set DATABASE_URL`,
    );
  }
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const passage = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { file: 'setpriv', args: [...ids, ...passage, '--', file, ...args] };
}

function canEnter(account: Account, folder: string): boolean {
  const { uid = 0, gid = 0 } = { uid: process.geteuid?.(), gid: process.getegid?.() };
  try {
    process.setegid?.(account.gid);
    process.seteuid?.(account.uid);
    // access(2) asks for the real user, stat(2) for the effective one.
    statSync(`${folder}/.`);
    return true;
  } catch {
    return false;
  } finally {
    process.seteuid?.(uid);
    process.setegid?.(gid);
  }
}

function hasSetpriv(): boolean {
  try {
    return execFileSync('setpriv', ['--help'], { encoding: 'utf8' }).includes('--ambient-caps');
  } catch {
    return false;
  }
}

/** What spawn() needs to run as `account`. */
export const idsOf = (account: Account | undefined) =>
  account === undefined ? {} : { uid: account.uid, gid: account.gid };
