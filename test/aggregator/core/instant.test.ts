import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERIODS, PeriodReader, parseInstant } from '../../../src/aggregator/core/instant.ts';

const instants = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('an instant', () => {
  it('an instant is read with and without milliseconds and Z, always as UTC', () => {
    fc.assert(
      fc.property(instants, (date) => {
        const text = date.toISOString();
        const whole = Math.floor(date.getTime() / 1_000) * 1_000;
        expect(parseInstant(text)).toBe(date.getTime());
        expect(parseInstant(text.slice(0, -1))).toBe(date.getTime());
        expect(parseInstant(text.slice(0, 19))).toBe(whole);
        expect(parseInstant(`${text.slice(0, 19)}Z`)).toBe(whole);
      }),
    );
  });

  it.each([
    '',
    '2023-02-30T00:00:00Z',
    '2023-02-29T00:00:00.000Z',
    '2024-13-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T23:60:00Z',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00+01:00',
    '2024-01-01T00:00:00.00Z',
    '2024-01-01T00:00Z',
    '2024-01-01',
    ' 2024-01-01T00:00:00Z',
    '+002024-01-01T00:00:00Z',
  ])('an instant is not %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('the beginning of a period', () => {
  it.each([
    ['HOUR', '2024-02-29T13:00:00.000Z'],
    ['DAY', '2024-02-29T00:00:00.000Z'],
    ['MONTH', '2024-02-01T00:00:00.000Z'],
    ['YEAR', '2024-01-01T00:00:00.000Z'],
  ] as const)("the beginning of a time's %s is %s", (period, start) => {
    expect(new PeriodReader(period).startOf('2024-02-29T13:45:07.123Z')).toBe(start);
  });

  const broken = fc
    .tuple(instants, fc.nat(23), fc.constantFrom(...'0369:-.TZx '))
    .map(([date, at, character]) => {
      const text = date.toISOString();
      return text.slice(0, at) + character + text.slice(at + 1);
    });

  it('the beginning of a period is the same whatever text came before: what is kept of an hour never lets a wrong text of that hour pass', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), broken, (period, text) => {
        const fresh = new PeriodReader(period).startOf(text);
        const reader = new PeriodReader(period);
        reader.startOf(`${text.slice(0, 13)}:00:00.000Z`);
        expect(reader.startOf(text)).toBe(fresh);
        expect(fresh === undefined).toBe(text.length !== 24 || parseInstant(text) === undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
