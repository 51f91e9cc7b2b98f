import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSecond, secondOf } from '../../../seed/csv/time.ts';

const EPOCH = Date.UTC(2000, 0, 1) / 1000;

it('parseSecond counts every second of the years 2000 to 2099 from the beginning of 2000, as the calendar does', () => {
  const second = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 - EPOCH - 1 });
  fc.assert(
    fc.property(second, (second) => {
      const text = new Date((EPOCH + second) * 1000).toISOString().slice(0, 19);
      expect(parseSecond(text.replace('T', ' '))).toBe(second);
      expect(parseSecond(`${text}.000Z`)).toBe(second);
    }),
  );
});

it('parseSecond takes a day if and only if the calendar has it', () => {
  const numbers = fc.tuple(fc.integer({ min: 1999, max: 2100 }), fc.nat(13), fc.nat(32));
  fc.assert(
    fc.property(numbers, ([year, month, day]) => {
      const date = new Date(Date.UTC(year, month - 1, day));
      const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
      expect(secondOf(year, month, day, 0, 0, 0) !== undefined).toBe(real && year >= 2000 && year <= 2099);
    }),
  );
});

it.each([
  ['2000-01-01 00:00:00', 0],
  ['2099-12-31 23:59:59', Date.UTC(2100, 0, 1) / 1000 - EPOCH - 1],
  ['2020-02-29 00:00:00', Date.UTC(2020, 1, 29) / 1000 - EPOCH],
  ['2019-01-11T09:24:43.000000+00:00', Date.UTC(2019, 0, 11, 9, 24, 43) / 1000 - EPOCH],
  ['2019-01-11T09:24:43+0000', Date.UTC(2019, 0, 11, 9, 24, 43) / 1000 - EPOCH],
])('%s is second %i', (text, second) => {
  expect(parseSecond(text)).toBe(second);
});

it.each([
  '1999-12-31 23:59:59',
  '2100-01-01 00:00:00',
  '2019-02-29 00:00:00',
  '2019-01-11 24:00:00',
  '2019-01-11 09:60:00',
  '2016-12-31 23:59:60',
  '2019-01-11 09:24:43.5',
  '2019-01-11 09:24:43+02:00',
  '2019-01-11 09:24',
  '2019-1-11 09:24:43',
  ' 2019-01-11 09:24:43',
  '2019-01-11 09:24:43\n',
  '٢٠١٩-01-11 09:24:43',
  '',
])('%j is no moment of the dataset', (text) => {
  expect(parseSecond(text)).toBeUndefined();
});
