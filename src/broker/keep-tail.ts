// What a start can't read of a file is kept beside it before it is cut off: whoever finds out what has damaged the disk may still
// want it. Nothing reads it again.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const CHUNK = 1024 * 1024;

/**
 * Copies the bytes of a file from `at` to its end.
 * @returns the copy's name; a start that has no room for it fails, with nothing cut off
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
