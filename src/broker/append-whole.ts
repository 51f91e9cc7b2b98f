// Appends to a file all or nothing. When a write fails, as on a full disk, the file is truncated to its former size, so that no
// torn entry precedes the next one. If even that fails, the next append overwrites the rest, as it is written at the size that
// its caller knows, not at the file's end.

import { constants, ftruncateSync, writeSync } from 'node:fs';

/** Flags to open a file for `appendWhole`; not O_APPEND, with which Linux ignores the position of a write. */
export const TO_APPEND = constants.O_RDWR;
/** As `TO_APPEND`; creates a missing file. */
export const TO_APPEND_OR_MAKE = constants.O_RDWR | constants.O_CREAT;

/**
 * Appends `bytes` to a file of `size` bytes that was opened with `TO_APPEND`.
 * @param finish called after the write; where it throws, the append is undone too
 */
export function appendWhole(fd: number, bytes: Buffer, size: number, finish: () => void = () => {}): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, size + at);
    finish();
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}
