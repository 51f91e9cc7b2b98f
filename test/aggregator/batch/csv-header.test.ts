import { expect, it } from 'vitest';
import { placesOf } from '../../../src/aggregator/batch/csv-header.ts';
import { InputError } from '../../../src/aggregator/batch/reading.ts';

it('each column of a header has the place of its name, or -1 where it is not read', () => {
  expect([...placesOf(['note', 'b', '', 'a', ' a', 'A'], ['a', 'b', 'absent'])]).toEqual([
    -1, 1, -1, 0, -1, -1,
  ]);
  expect([...placesOf([], ['a'])]).toEqual([]);
});

it.each([
  [['a', 'b', 'a'], 'received a header with the column "a" twice, expected different names'],
  [['', 'b', ''], 'received a header with the column "" twice, expected different names'],
  [
    ['a', 'b\r1', '2\r3'],
    'received a header with a carriage return ("a,b\\r1,2\\r3"), expected lines that end in LF or CRLF',
  ],
  [
    ['a', 'b\r'],
    'received a header with a carriage return ("a,b\\r"), expected lines that end in LF or CRLF',
  ],
])('the header %j is refused, which says why', (header, message) => {
  expect(() => placesOf(header, ['a'])).toThrow(new InputError(message));
});

it('a line break within a quoted name is no end of a line', () => {
  expect([...placesOf(['a\r\nb', 'c\nd'], ['c\nd'])]).toEqual([-1, 0]);
});
