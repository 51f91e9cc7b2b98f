import { expect, it } from 'vitest';
import { csvOf } from '../../../src/sessions/batch/csv.ts';

it('CSV has a header, and the named columns of each row in its order', () => {
  expect(csvOf(['b', 'a'], [{ a: 1, b: 'x', c: 2 }, { a: 12_345.5 }])).toBe('b,a\nx,1\n,12345.5\n');
  expect(csvOf(['a'], [])).toBe('a\n');
});

it.each([
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['one\ntwo', '"one\ntwo"'],
  ['one\rtwo', '"one\rtwo"'],
  [null, ''],
  [false, 'false'],
  [0, '0'],
])('CSV has %j as %j', (value, cell) => {
  expect(csvOf(['a'], [{ a: value }])).toBe(`a\n${cell}\n`);
});
