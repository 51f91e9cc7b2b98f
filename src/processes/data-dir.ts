// DATA_DIR: made where missing, checked for write access, its files for their owner alone, and each part's folder owned
// by one process at a time.

import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const SETTLE_MS = 50;

/** What group and others may: nothing. */
const NOT_THE_OWNER = 0o077;
/** Of root's, the account of the embedded PostgreSQL has to pass, and can't look around. */
const FOLDER_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;
/** What the program itself keeps; the cluster is PostgreSQL's, which is as strict. Anything else in there isn't ours. */
const OURS = /^(?:kafka|outbox|cookie-secret|[a-z]+\.lock)$/;

export class DataDirError extends Error {
  override readonly name = 'DataDirError';
}

/**
 * Makes sure that the folder exists and can be written.
 * @throws {DataDirError} saying what is in the way
 */
export function prepareDataDir(dataDir: string): void {
  const probe = path.join(dataDir, `.write-${process.pid}`);
  try {
    makeFolder(dataDir, FOLDER_MODE);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new DataDirError(`DATA_DIR: ${dataDir} can't be written (${code}); choose another folder`, {
      cause: error,
    });
  }
}

/** Node's own recursive mkdir tries for ever where a file system answers ENOENT to everything, as /proc does. */
function makeFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    makeFolder(path.dirname(folder));
    mkdirSync(folder, mode);
  }
}

/** What this process and its children make from now on is for its owner alone; what an earlier version made, too. */
export function keepForOwner(dataDir: string): void {
  process.umask(NOT_THE_OWNER);
  for (const name of readdirSync(dataDir).filter((name) => OURS.test(name))) close(path.join(dataDir, name));
}

function close(place: string): void {
  try {
    const stats = statSync(place);
    if ((stats.mode & NOT_THE_OWNER) !== 0) chmodSync(place, stats.mode & 0o700);
    if (stats.isDirectory()) for (const name of readdirSync(place)) close(path.join(place, name));
  } catch {
    // Removed meanwhile by its part, or on a file system that has no modes.
  }
}

export type Lock = {
  /** True where a process had it that was killed: other parts of that run may still be on their way out. */
  readonly inherited: boolean;
  release(): void;
};

type Owner = { readonly pid: number; readonly started: string };

/**
 * Takes `<dataDir>/<part>.lock` for this process until release() or its end, however it ends.
 * @throws {DataDirError} naming the living process that has it
 */
export function lockPart(dataDir: string, part: string): Lock {
  const file = path.join(dataDir, `${part}.lock`);
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) ?? '' };
  for (let inherited = false; ; inherited = true) {
    if (claim(file, mine) && isSettled(file, mine, inherited)) {
      return { inherited, release: () => rmSync(file, { force: true }) };
    }
    const owner = readOwner(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new DataDirError(
        `DATA_DIR: ${dataDir} is in use, process ${owner.pid} runs "${part}" there; stop it or choose another folder`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** Gives the written file the lock's name, which only one can have: nobody sees a lock without its owner. */
function claim(file: string, owner: Owner): boolean {
  const written = `${file}.${owner.pid}`;
  writeFileSync(written, JSON.stringify(owner), { mode: 0o600 });
  try {
    linkSync(written, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
}

/**
 * Two programs that find the same dead owner may each remove the file, the later one the lock that the first has just
 * taken. Whoever took over such a lock waits a moment and looks who has it in the end.
 */
function isSettled(file: string, { pid }: Owner, inherited: boolean): boolean {
  if (inherited) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  return readOwner(file)?.pid === pid;
}

/** Undefined where the file is gone, or damaged: nobody's. */
function readOwner(file: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Owner;
    return Number.isInteger(pid) && pid > 0 ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** The kernel's start time tells a process from a later one that was given the same pid. */
function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const now = startOf(pid);
  return now === undefined || started === '' || now === started;
}

/** Field 22 of /proc/<pid>/stat (proc(5)); undefined where there is no /proc, "gone" for what only waits to be reaped. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? 'gone' : fields[18];
  } catch {
    return undefined;
  }
}
