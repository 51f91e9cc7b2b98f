// Appends to a file in one write where the system takes it whole, as it does but on a full disk; there the file
// is put back to what it was, so that a failed append leaves no torn entry ahead of the next one.

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
