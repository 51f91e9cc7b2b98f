import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namedTwice } from '../../../src/broker/api/named-twice.ts';

test('names that come more than once are found, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', '')), (names) => {
      const twice = names.filter((name) => names.filter((other) => other === name).length > 1);
      expect(namedTwice(names)).toEqual(new Set(twice));
    }),
  );
});
