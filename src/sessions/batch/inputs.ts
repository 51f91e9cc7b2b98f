// The input files of a run, and their names in the answers.

import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { firstBytesOf, foreignKind, isGzip, unreadable } from '../../runtime/input-file.ts';

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
  refuseTwice(found);
  const named = withNames(found);
  named.sort((a, b) => Buffer.compare(a.order, b.order));
  return named.map(({ order, ...one }, file) => ({ file, ...one }));
}

type Found = {
  readonly given: string;
  readonly real: string;
  readonly bytes: number;
  readonly gzip: boolean;
};

function refuseTwice(found: readonly Found[]): void {
  const seen = new Set<string>();
  for (const { given, real } of found) {
    if (seen.has(real)) throw new ExpectationError(`received ${given} twice, expected each file once`);
    seen.add(real);
  }
}

function withNames(found: readonly Found[]) {
  const files = new Map<string, number>();
  for (const { given } of found) {
    const base = path.basename(given);
    files.set(base, (files.get(base) ?? 0) + 1);
  }
  return found.map(({ given, bytes, gzip }) => {
    const base = path.basename(given);
    const name = files.get(base) === 1 ? base : given;
    return { name, path: given, bytes, gzip, order: Buffer.from(name) };
  });
}

function look(given: string): Found {
  try {
    const stats = statSync(given);
    if (stats.isDirectory()) throw new ExpectationError(`received the folder ${given}, expected a file`);
    if (!stats.isFile())
      throw new ExpectationError(
        `received ${given}, a pipe or device, expected a file: it may be read twice`,
      );
    const first = firstBytesOf(given);
    const foreign = foreignKind(first);
    if (foreign !== undefined)
      throw new ExpectationError(
        `received ${given}, ${foreign}, expected JSON lines in UTF-8, plain or gzip`,
      );
    return { given, real: realpathSync(given), bytes: stats.size, gzip: isGzip(first) };
  } catch (error) {
    const reason = unreadable(error);
    if (reason === undefined) throw error;
    throw new ExpectationError(`received ${given}, ${reason}, expected a file of clicks`);
  }
}
