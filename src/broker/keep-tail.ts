// The bytes of a file that a start can't read are copied to a file beside it before they are cut off, for whoever examines the
// damage. The broker does not read them again.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const CHUNK = 1024 * 1024;

/**
 * Copies the bytes of a file from `at` to its end.
 * @returns the copy's name
 * @throws where the disk has no room for it, so that the start fails and nothing is cut off
 */
export function keepTail(file: string, at: number): string {
  const kept = `${file}.cut-${at}-${Date.now()}`;
  const from = openSync(file, 'r');
  try {
    const to = openSync(kept, 'wx', 0o600);
    try {
      copy(from, at, to);
    } finally {
      closeSync(to);
    }
  } finally {
    closeSync(from);
  }
  return kept;
}

function copy(from: number, at: number, to: number): void {
  const chunk = Buffer.allocUnsafe(CHUNK);
  for (let position = at; ; ) {
    const read = readSync(from, chunk, 0, CHUNK, position);
    if (read === 0) return;
    for (let done = 0; done < read; ) done += writeSync(to, chunk, done, read - done);
    position += read;
  }
}
