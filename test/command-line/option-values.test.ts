import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { instant, wholeNumber, wholeNumberFrom } from '../../src/command-line/option-values.ts';

it.each([
  ['2026-01-31T12:00:00Z', Date.UTC(2026, 0, 31, 12)],
  ['2026-01-31T12:00:00.007Z', Date.UTC(2026, 0, 31, 12) + 7],
  ['1969-12-31T23:59:59Z', -1_000],
  ['2026-01-31T12:00:00', Date.UTC(2026, 0, 31, 12)],
])('the instant %s is taken', (text, ms) => {
  expect(instant(text)).toBe(ms);
});

it.each([
  '',
  'now',
  '2026-01-31',
  '2026-01-31T12:00:00+01:00',
  '2026-02-30T12:00:00Z',
  ' 2026-01-31T12:00:00Z',
])('an instant is refused that is none in UTC: %j', (text) => {
  expect(() => instant(text)).toThrow(InvalidArgumentError);
  expect(() => instant(text)).toThrow('Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.');
});

it.each([
  ['0', 0],
  ['007', 7],
  [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
])('the whole number %s is taken', (text, number) => {
  expect(wholeNumber(text)).toBe(number);
});

it.each(['', '-1', '+1', '1.0', '1e3', '0x10', ' 1', '1 ', '١', '9007199254740992', '9'.repeat(17)])(
  'a whole number is refused that is none, or that a double can not hold: %j',
  (text) => {
    expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
  },
);

it('a whole number of a range is refused below and above it, and in other spellings', () => {
  const parse = wholeNumberFrom(1, 500);
  expect([parse('1'), parse('500')]).toEqual([1, 500]);
  for (const text of ['0', '501'])
    expect(() => parse(text)).toThrow('Expected a whole number from 1 to 500.');
  expect(() => parse('1e2')).toThrow(InvalidArgumentError);
});
