// Appends to a file in one write. After a short write, as on a full disk, the file is truncated to its former size, so that
// a failed append leaves no torn entry before the next one.

import { ftruncateSync, writeSync } from 'node:fs';

/** Appends `bytes` to a file of `size` bytes that was opened for appending. */
export function appendWhole(fd: number, bytes: Buffer, size: number): void {
  try {
    let written = writeSync(fd, bytes);
    while (written < bytes.length) written += writeSync(fd, bytes, written);
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}
