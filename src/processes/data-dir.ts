// DATA_DIR: made where missing, checked for write access, its files for their owner alone, and each part's folder owned
// by one process at a time.

import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../runtime/errors.ts';
import { makeFolder } from '../runtime/make-folder.ts';
import { type Lock, lockFile } from '../runtime/process-lock.ts';

/** The mode bits of group and others, who get none. */
const NOT_THE_OWNER = 0o077;
/** Where root runs the program, the account of the embedded PostgreSQL has to pass through the folder, and must not list it. */
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
    const code = codeOf(error) ?? error;
    throw new DataDirError(`DATA_DIR: ${dataDir} can't be written (${code}); choose another folder`, {
      cause: error,
    });
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

/**
 * Takes `<dataDir>/<part>.lock` for this process until release() or its end, however it ends.
 * @throws {DataDirError} naming the living process that has it
 */
export function lockPart(dataDir: string, part: string): Lock {
  const lock = lockFile(path.join(dataDir, `${part}.lock`));
  if (typeof lock !== 'number') return lock;
  throw new DataDirError(
    `DATA_DIR: ${dataDir} is in use, process ${lock} runs "${part}" there; stop it or choose another folder`,
  );
}
