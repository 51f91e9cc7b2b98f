import { expect, it } from 'vitest';
import { beginningOf, shortened } from '../../src/runtime/beginning.ts';

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab😀', 4, 'ab😀'],
  ['ab😀d', 4, 'ab😀'],
  ['ab😀d', 3, 'ab'],
  ['😀', 1, ''],
  ['', 3, ''],
])('the beginning of %j is of whole characters: of %i units %j', (text, most, beginning) => {
  expect(beginningOf(text, most)).toBe(beginning);
});

it.each([
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'abc…'],
  ['ab😀', 4, 'ab😀'],
  ['ab😀d', 4, 'ab…'],
  ['a😀de', 4, 'a😀…'],
])(
  'of %j that is longer than it may be an ellipsis stands for the end: of %i units %j',
  (text, most, short) => {
    expect(shortened(text, most)).toBe(short);
  },
);
