// The input files of a run, and their names in the answers.

import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ExpectationError } from '../../runtime/expectation-error.ts';

export type Input = {
  /** Position in the order of the names. Of events with one visitor and time, the one of the lowest file counts first. */
  readonly file: number;
  /** Its base name; its path as it was given where another file has the same base name. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Decided by its first two bytes, not by its name. */
  readonly gzip: boolean;
};

const MOST_FILES = 32_000;

/**
 * Checks the files and sorts them by name.
 * @throws {ExpectationError} where one is missing, no regular file, unreadable or given twice
 */
export function findInputs(paths: readonly string[]): Input[] {
  if (paths.length === 0) throw new ExpectationError('received no file, expected at least one to read');
  if (paths.length > MOST_FILES)
    throw new ExpectationError(`received ${paths.length} files, expected at most ${MOST_FILES}`);
  const found = paths.map(look);
  const twice = found.find(({ real }, index) => found.findIndex((other) => other.real === real) < index);
  if (twice !== undefined)
    throw new ExpectationError(`received ${twice.given} twice, expected each file once`);
  const bases = found.map(({ given }) => path.basename(given));
  const named = found.map(({ given, bytes, gzip }, index) => {
    const base = bases[index] ?? given;
    const alone = bases.indexOf(base) === bases.lastIndexOf(base);
    return { name: alone ? base : given, path: given, bytes, gzip };
  });
  named.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return named.map((one, file) => ({ file, ...one }));
}

type Found = {
  readonly given: string;
  readonly real: string;
  readonly bytes: number;
  readonly gzip: boolean;
};

function look(given: string): Found {
  try {
    const stats = statSync(given);
    if (stats.isDirectory()) throw new ExpectationError(`received the folder ${given}, expected a file`);
    if (!stats.isFile())
      throw new ExpectationError(
        `received ${given}, a pipe or device, expected a file: it may be read twice`,
      );
    return { given, real: realpathSync(given), bytes: stats.size, gzip: beginsAsGzip(given) };
  } catch (error) {
    if (error instanceof ExpectationError) throw error;
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : "can't be read";
    throw new ExpectationError(`received ${given}, which ${reason}, expected a file of clicks`);
  }
}

function beginsAsGzip(file: string): boolean {
  const first = Buffer.alloc(2);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, first);
  } finally {
    closeSync(descriptor);
  }
  return first.equals(Buffer.from([0x1f, 0x8b]));
}
