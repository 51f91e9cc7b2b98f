import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';
import { exitCodeOf, withOptions } from '../../src/simulator/exit.ts';

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

const wrong = () => {
  throw new ExpectationError('received this, expected that');
};

it('a command works with the options that were read, and its exit code is that of the work', async () => {
  expect(
    await withOptions(
      () => 7,
      async (options) => options,
    ),
  ).toBe(7);
  expect(lines).toEqual([]);
});

it('an option that can’t be used is one line and exit code 2, and nothing is done', async () => {
  const work = vi.fn(async () => 0);
  expect(await withOptions(wrong, work)).toBe(2);
  expect(work).not.toHaveBeenCalled();
  expect(lines).toEqual(['simulate: received this, expected that']);
});

it.each([
  [
    'with options',
    () =>
      withOptions(
        () => 1,
        async () => wrong(),
      ),
  ],
  ['without options', () => exitCodeOf(async () => wrong())],
])('what a user can mend while a command %s works is one line and exit code 1', async (_, command) => {
  expect(await command()).toBe(1);
  expect(lines).toEqual(['simulate: received this, expected that']);
});

it('an error that nobody can mend is thrown on, by the options as by the work', async () => {
  const broken = () => {
    throw new TypeError('a fault of the program');
  };
  await expect(withOptions(broken, async () => 0)).rejects.toThrow(TypeError);
  await expect(exitCodeOf(async () => broken())).rejects.toThrow(TypeError);
});
