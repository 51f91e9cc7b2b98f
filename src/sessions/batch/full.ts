// A disk or a memory that is full, as Node and DuckDB say it, and in a person's words.

import { messageOf } from '../../runtime/errors.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';

/** True where no other data would have helped. */
export const isFull = (error: unknown): boolean =>
  /Out of Memory|No space left|ENOSPC|max_temp_directory_size/i.test(messageOf(error));

/** What to do about it. */
export function fullError(error: unknown, spillFolder: string): ExpectationError {
  const disk = /No space left|ENOSPC|max_temp_directory_size/i.test(messageOf(error));
  const message = disk
    ? `the disk of ${spillFolder} is full: name another folder with --spill, or give more --memory`
    : 'the memory does not suffice: give more --memory';
  return new ExpectationError(message, { cause: error });
}
