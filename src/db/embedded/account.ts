// PostgreSQL refuses to run as root. Where the program is root (containers, CI), the server runs as an unprivileged account without
// capabilities. If its files are below a folder that only root may enter, it runs in a mount namespace of its own, in which that folder
// has only what the server needs.

import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseError } from '../errors.ts';

export type Account = { readonly name: string; readonly uid: number; readonly gid: number };
export type Command = { readonly file: string; readonly args: readonly string[]; readonly account?: Account };

/** The account that the server must run as; undefined where `uid`, the program's user, is an ordinary one. */
export function serverAccount(uid = process.getuid?.()): Account | undefined {
  if (uid !== 0) return undefined;
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
 * The command line that runs `file` as `account`, without capabilities.
 * @param file a program in the `bin` folder of PostgreSQL's package, of which it reads the other folders, too
 * @param folder the server's folder, in which the data belong to `account`
 * @throws {DatabaseError} EMBEDDED_START where a folder is closed to the account and the machine has no mount namespaces
 */
export function commandAs(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  folder: string,
): Command {
  if (account === undefined) return { file, args };
  const native = path.dirname(path.dirname(file));
  const closed = [native, path.dirname(file), folder].flatMap((wanted) => firstClosed(account, wanted) ?? []);
  if (closed.length === 0) return { file, args, account };
  if (!hasMountNamespaces()) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `PostgreSQL does not run as root, and user "${account.name}" may not enter ${closed[0]}: choose another DATA_DIR, start as an ordinary user, or set DATABASE_URL`,
    );
  }
  openToReaders(native);
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups', '--bounding-set=-all'];
  const veiled = [...new Set(closed)].filter((one) => one !== native && one !== folder);
  const shown = ['-c', SHOW, 'sh', native, folder, ...veiled, '--'];
  return {
    file: 'unshare',
    args: ['--mount', 'sh', ...shown, 'setpriv', ...ids, '--no-new-privs', '--', file, ...args],
  };
}

/**
 * A shell script that mounts an empty folder, which anybody may enter, over each closed one, and binds the two needed folders into their
 * places. No other process sees these mounts.
 */
const SHOW = `set -e
umask 022
native=$1 data=$2
exec 3<"$native" 4<"$data"
shift 2
while [ "$1" != -- ]; do
  mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev shopstream "$1"
  shift
done
shift
mkdir -p "$native" "$data"
mount -c --bind /proc/self/fd/3 "$native"
mount -c --bind /proc/self/fd/4 "$data"
exec 3<&- 4<&-
exec "$@"`;

/** The outermost folder on the way to `wanted` that the account may not enter. */
function firstClosed(account: Account, wanted: string): string | undefined {
  const parts = path.resolve(wanted).split(path.sep);
  const way = parts.map((_, index) => parts.slice(0, index + 1).join(path.sep) || path.sep);
  return way.find((folder) => !canEnter(account, folder));
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

/** Lets all users read the package: under umask 077, npm unpacks it for root alone. */
function openToReaders(native: string): void {
  for (const entry of readdirSync(native, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const mode = statSync(file).mode & 0o777;
    const open = entry.isDirectory() || mode & 0o100 ? mode | 0o055 : mode | 0o044;
    if (open !== mode) chmodSync(file, open);
  }
  chmodSync(native, statSync(native).mode | 0o055);
}

function hasMountNamespaces(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'setpriv', '--bounding-set=-all', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

type Surroundings = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
};

/**
 * Options of spawn() for a command: its account, and this process's environment without the variables of libpq, such as PGDATA and
 * PGCLIENTENCODING: they are about another server, but PostgreSQL's programs read them.
 */
export function surroundingsOf({ account }: Command, environment = process.env): Surroundings {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => !/^PG[A-Z_]/.test(name)));
  return account === undefined ? { cwd: '/', env } : { cwd: '/', env, uid: account.uid, gid: account.gid };
}
