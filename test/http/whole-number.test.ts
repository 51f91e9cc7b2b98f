import { expect, it } from 'vitest';
import { wholeNumber } from '../../src/http/whole-number.ts';

const schema = wholeNumber(0, 100);

it.each([
  ['7', 7],
  ['007', 7],
  ['100', 100],
  [0, 0],
  [42, 42],
])('wholeNumber takes %j', (given, number) => {
  expect(schema.parse(given)).toBe(number);
});

it.each([
  '0x10',
  '1e1',
  '',
  ' 7',
  '+7',
  '-0',
  '7.0',
  '٧',
  'Infinity',
  '101',
  '9'.repeat(400),
  -1,
  7.5,
  true,
  null,
  [],
  ['7'],
  {},
])('wholeNumber refuses %j, saying what is expected', (given) => {
  expect(schema.safeParse(given).error?.issues[0]?.message).toBe('a whole number from 0 to 100');
});
