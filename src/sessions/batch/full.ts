// Full disks and memory: how Node and DuckDB report them, and the message for the user.

import { messageOf } from '../../runtime/errors.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';

/** True where the disk or the memory is full, whatever the data. */
export const isFull = (error: unknown): boolean =>
  /Out of Memory|No space left|ENOSPC|max_temp_directory_size/i.test(messageOf(error));

/** The error with its remedy. */
export function fullError(error: unknown, spillFolder: string): ExpectationError {
  const disk = /No space left|ENOSPC|max_temp_directory_size/i.test(messageOf(error));
  const message = disk
    ? `the disk of ${spillFolder} is full: name another folder with --spill, or give more --memory`
    : 'the memory limit is too low for these files: give more --memory';
  return new ExpectationError(message, { cause: error });
}
