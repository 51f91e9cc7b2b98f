import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDays, daySchema, daysBetween } from '../../src/runtime/day.ts';

const anyDay = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

it('the days that are added are the days between', () => {
  fc.assert(
    fc.property(anyDay, anyDay, (from, to) => {
      expect(addDays(from, daysBetween({ from, to }))).toBe(to);
    }),
  );
});

it.each([
  ['2020-02-28', 1, '2020-02-29'],
  ['2019-02-28', 1, '2019-03-01'],
  ['1900-02-28', 1, '1900-03-01'],
  ['2019-03-31', -31, '2019-02-28'],
  ['2019-12-31', 1, '2020-01-01'],
  ['9999-12-31', 1, '9999-12-31'],
  ['0001-01-01', -1, '0001-01-01'],
  ['2019-01-01', 1e12, '9999-12-31'],
  ['2019-01-01', -1e12, '0001-01-01'],
])('%s and %d days is %s', (day, days, expected) => {
  expect(addDays(day, days)).toBe(expected);
});

it('a query string names a day that there is, from the year 1 on', () => {
  expect(['0001-01-01', '2020-02-29', '9999-12-31'].every((day) => daySchema.safeParse(day).success)).toBe(
    true,
  );
  for (const day of [
    '0000-01-01',
    '2019-02-29',
    '2019-1-1',
    '10000-01-01',
    '2019-01-01T00:00Z',
    ' 2019-01-01',
    '',
  ])
    expect(daySchema.safeParse(day).error?.issues.map(({ message }) => message)).toContain(
      'an ISO date as in 2019-01-31',
    );
});
