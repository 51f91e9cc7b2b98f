import { expect, it } from 'vitest';
import { mostConnections } from '../../src/runtime/open-files.ts';

it.each([
  [1_024, 960],
  [81, 17],
  [80, 16],
  [20, 16],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])(
  'of %d files that may be open, %d may be connections: 64 are kept for files, where there are so many',
  (limit, most) => {
    expect(mostConnections(limit)).toBe(most);
  },
);

it('the limit of this process is known', () => {
  expect(mostConnections()).toBeGreaterThanOrEqual(16);
});
