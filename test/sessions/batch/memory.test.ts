import { expect, it } from 'vitest';
import { parseMemory } from '../../../src/sessions/batch/memory.ts';

it.each([
  ['2GB', 2 * 1024 ** 3],
  ['512MB', 512 * 1024 ** 2],
  ['384m', 384 * 1024 ** 2],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  [' 1g ', 1024 ** 3],
])('--memory %s are %i bytes', (text, bytes) => {
  expect(parseMemory(text)).toBe(bytes);
});

it.each(['383MB', '0GB', '2', '2TB', '-2GB', '2,5GB', 'much', '', '1e3GB'])(
  '%j is refused, as is too little to run with',
  (text) => {
    expect(() => parseMemory(text)).toThrow(
      `--memory: received ${JSON.stringify(text)}, expected at least 384MB`,
    );
  },
);
