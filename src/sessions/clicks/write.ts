// Test files in the original's format: gzip parts that get the lines in turn, so that visitors return in other parts than
// their first.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf } from '../../runtime/errors.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { makeFolder } from '../../runtime/make-folder.ts';
import type { Profile } from '../options.ts';
import { clicksOf } from './click.ts';

export type ClickFiles = {
  readonly profile: Profile;
  /** Seed of the random numbers. */
  readonly seed: number;
  /** Number of lines of all parts together. */
  readonly rows: number;
  readonly parts: number;
  /** Created where missing; parts of the same names are overwritten. */
  readonly folder: string;
};

const LINES_A_WRITE = 256;

/** The name of a part, from 0. */
export const partName = (part: number): string => `part-${String(part).padStart(5, '0')}.json.gz`;

/**
 * Writes the files. Their lines are the same on every machine, their compressed bytes with the same version of zlib.
 * @param onRows called at intervals with the number of lines written
 * @returns their paths
 * @throws {ExpectationError} where the folder can't be made
 */
export async function writeClicks(
  { profile, seed, rows, parts, folder }: ClickFiles,
  onRows?: (rows: number) => void,
): Promise<string[]> {
  makeOut(folder);
  const paths = Array.from({ length: parts }, (_, part) => path.join(folder, partName(part)));
  const files = paths.map(openPart);
  let n = 0;
  for (const line of clicksOf(profile, seed, rows)) {
    const file = files[n % parts];
    n += 1;
    await file?.add(line);
    if (n % 100_000 === 0) onRows?.(n);
  }
  await Promise.all(files.map(({ close }) => close()));
  return paths;
}

type Part = { add(line: string): Promise<unknown> | undefined; close(): Promise<void> };

function openPart(file: string): Part {
  const gzip = createGzip();
  const written = pipeline(gzip, createWriteStream(file));
  // close(), or the write that awaits this, throws its error.
  written.catch(() => {});
  let lines: string[] = [];
  const flush = () => {
    const text = lines.join('');
    lines = [];
    return gzip.write(text) ? undefined : once(gzip, 'drain');
  };
  return {
    add: (line) => {
      lines.push(line, '\n');
      return lines.length < 2 * LINES_A_WRITE ? undefined : flush();
    },
    close: () => {
      gzip.end(lines.join(''));
      return written;
    },
  };
}

function makeOut(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new ExpectationError(
      `--out: received ${folder}, which can't be made: ${messageOf(error)}, expected a folder`,
    );
  }
}
