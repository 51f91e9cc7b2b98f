// Test files in the original's format: gzip parts, one after the other filled a line at a time, so that visitors come back in
// other parts than their first.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Profile } from '../options.ts';
import { clicksOf } from './click.ts';

export type ClickFiles = {
  readonly profile: Profile;
  /** What the random numbers start from. */
  readonly seed: number;
  /** Lines of all parts together. */
  readonly rows: number;
  readonly parts: number;
  /** Made where it is not there; parts of the same names are written anew. */
  readonly folder: string;
};

const LINES_A_WRITE = 256;

/** The name of a part, from 0. */
export const partName = (part: number): string => `part-${String(part).padStart(5, '0')}.json.gz`;

/**
 * Writes the files. Their lines are the same on every machine; their packed bytes are with one version of zlib.
 * @param onRows called now and then with how many lines are written
 * @returns their paths
 */
export async function writeClicks(
  { profile, seed, rows, parts, folder }: ClickFiles,
  onRows?: (rows: number) => void,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
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
  // Its failure is thrown by close(), or by the write that waits for it.
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
