import { expect, it } from 'vitest';
import { fullError, isFull } from '../../../src/sessions/batch/full.ts';

const DISK = 'the disk of /spill is full: name another folder with --spill, or give more --memory';
const MEMORY = 'the memory limit is too low for these files: give more --memory';

it.each([
  ['IO Error: Could not write file: No space left on device', DISK],
  ['ENOSPC, write', DISK],
  ['Out of Memory Error: failed to offload: max_temp_directory_size was exceeded', DISK],
  ['Out of Memory Error: could not allocate block of size 256.0 KiB', MEMORY],
])('the fault "%s" is told with what helps', (message, told) => {
  const error = new Error(message);
  expect(isFull(error)).toBe(true);
  expect(fullError(error, '/spill')).toMatchObject({ message: told, cause: error });
});

it('a fault of the data is not taken for a full disk', () => {
  expect(isFull(new Error('Invalid Input Error: Malformed JSON'))).toBe(false);
  expect(isFull('a text')).toBe(false);
});
