// A file that one living process holds. It has the process id and, where the system tells it, the moment at which that process started: a lock
// of a killed process is recognised even if its id was given out again.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from './errors.ts';

const SETTLE_MS = 50;

export type Lock = {
  /** True where a process had it that was killed: other parts of that run may still be on their way out. */
  readonly inherited: boolean;
  release(): void;
};

type Owner = { readonly pid: number; readonly started: string };

/**
 * Takes the file for this process until release() or its end, however it ends.
 * @returns the lock, or the id of the living process that has it
 */
export function lockFile(file: string): Lock | number {
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) ?? '' };
  for (let inherited = false; ; inherited = true) {
    if (claim(file, mine) && isSettled(file, mine, inherited)) {
      return { inherited, release: () => rmSync(file, { force: true }) };
    }
    const owner = readOwner(file);
    if (owner !== undefined && isOwnerAlive(owner)) return owner.pid;
    rmSync(file, { force: true });
  }
}

/** True where a process has this id, whoever's it is. */
export function isAlive(pid: number): boolean {
  if (!(pid > 1)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
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
    if (codeOf(error) === 'EEXIST') return false;
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
function isOwnerAlive({ pid, started }: Owner): boolean {
  if (!isAlive(pid)) return false;
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
