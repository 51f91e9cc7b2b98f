import { afterEach, expect, it, vi } from 'vitest';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';
import { DONE, exitCodeOf, NOT_ALL } from '../../src/sessions/exit.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('what a user can mend is one line and the exit code 1; any other error is thrown', async () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(await exitCodeOf('sessions', async () => DONE)).toBe(0);
  const failing = (error: Error) => exitCodeOf('sessions', () => Promise.reject(error));
  expect(await failing(new ExpectationError('received no file'))).toBe(NOT_ALL);
  await expect(failing(new TypeError('a fault of the program'))).rejects.toThrow('a fault of the program');
  expect(lines.mock.calls).toEqual([['sessions: received no file']]);
});
