// One broker per folder. The lock is a file with the process id and, on Linux, the start time of that process, so that the lock
// of a killed process is recognised even if another process has its id.

import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { folderLocked } from './errors.ts';

const SETTLE_MS = 50;

/** Locks the folder or throws BROKER_FOLDER_LOCKED; the returned function unlocks it. */
export function lockFolder(folder: string): () => void {
  const file = `${folder}/lock`;
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
  try {
    for (let isTakeover = false; !(taken(mine, file) && isSettled(file, isTakeover)); isTakeover = true) {
      const holder = livingHolder(file);
      if (holder !== null) throw folderLocked(folder, holder);
      rmSync(file, { force: true });
    }
  } finally {
    unlinkSync(mine);
  }
  return () => rmSync(file, { force: true });
}

/**
 * Whether this process still holds the lock. Of two brokers that find the same dead holder, the later one may remove the lock that the
 * other has just taken: a broker that takes over a lock waits a moment, then checks.
 */
function isSettled(file: string, isTakeover: boolean): boolean {
  if (isTakeover) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_MS);
  return readHolder(file).pid === process.pid;
}

/** Links the written file to the lock's name, which fails where it exists, so that a lock is never half written. */
function taken(mine: string, lock: string): boolean {
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The id of the process that holds the lock; null if it is gone. */
function livingHolder(file: string): number | null {
  const { pid, started } = readHolder(file);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null; // EPERM: alive, another user's
  }
  return started === startOf(pid) ? pid : null;
}

function readHolder(file: string): { pid: number; started: string | null } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; started: string | null };
  } catch {
    return { pid: 0, started: 'never' }; // gone meanwhile, or damaged: no process matches
  }
}

/** When a process started, in clock ticks: field 22 of /proc/PID/stat; null where there is no such file. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
