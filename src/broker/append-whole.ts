// Appends to a file in one write. After a short write, as on a full disk, the file is truncated to its former size, so that
// a failed append leaves no torn entry before the next one. Where even that fails, the next append overwrites what was left, as
// the place of an append is the size that its caller knows, not the file's end.

import { constants, ftruncateSync, writeSync } from 'node:fs';

/** Flags to open a file for `appendWhole`; without O_APPEND, with which Linux would write at the file's end. */
export const TO_APPEND = constants.O_RDWR;
/** As `TO_APPEND`, making the file where it is missing. */
export const TO_APPEND_OR_MAKE = constants.O_RDWR | constants.O_CREAT;

/** Appends `bytes` to a file of `size` bytes that was opened for appending; `finish` is part of it. */
export function appendWhole(fd: number, bytes: Buffer, size: number, finish: () => void = () => {}): void {
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, size + at);
    finish();
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}
