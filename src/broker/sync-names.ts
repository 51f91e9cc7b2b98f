import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Writes the names of a folder's files to the disk (fsync). */
export function syncNames(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
