// Indented JSON of the page of a dead letter and of the API's description.

import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';

const { indented }: { indented: (text: string, deepest?: number) => string } = await import(
  path.join(packageRoot, 'public/js/indented.js')
);

it('JSON is indented as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      expect(indented(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

it('indented JSON keeps numbers, escapes and repeated names as they were written', () => {
  const text = '{"n":12345678901234567890,"n":1.50,"e":1e400,"s":"\\u00e9 \\"{[,:]}"}';
  expect(indented(text)).toBe(
    '{\n  "n": 12345678901234567890,\n  "n": 1.50,\n  "e": 1e400,\n  "s": "\\u00e9 \\"{[,:]}"\n}',
  );
});

it('JSON that is nested deeper than anybody reads is left as it was', () => {
  expect(indented('[[1],2]', 2)).toBe('[\n  [\n    1\n  ],\n  2\n]');
  expect(indented('[[[1]],2]', 2)).toBe('[[[1]],2]');
});
