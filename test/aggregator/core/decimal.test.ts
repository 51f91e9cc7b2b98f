// Exact decimals beside bigint arithmetic.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  meanOf,
  NumberReader,
  parseDecimal,
  Total,
  writeDecimal,
} from '../../../src/aggregator/core/decimal.ts';

const written = (text: string) => {
  const decimal = parseDecimal(text);
  return decimal === undefined ? undefined : writeDecimal(decimal);
};

describe('a decimal', () => {
  it('a decimal takes a sign, a point and an exponent, and is written with all digits and no needless zeros', () => {
    const pairs = [
      ['007', '7'],
      ['1e3', '1000'],
      ['-1.50', '-1.5'],
      ['+.5', '0.5'],
      ['5.', '5'],
      ['-0', '0'],
      ['1.23E-5', '0.0000123'],
      ['12345678901234567890.10', '12345678901234567890.1'],
      ['0e999999999', '0'],
    ] as const;
    for (const [text, wanted] of pairs) expect(written(text)).toBe(wanted);
  });

  it('a decimal is nothing else: no hexadecimal, separators, spaces, NaN, or more than 1,000 digits', () => {
    for (const text of [
      '',
      '0x10',
      '1,000',
      'NaN',
      'Infinity',
      ' 1',
      '1 ',
      '.',
      '1e',
      '--1',
      '1e1000',
      '1e-1000',
      '1e999999999',
    ])
      expect(written(text), text).toBeUndefined();
    expect(written('1e999')).toHaveLength(1000);
  });

  it('decimals sum as bigints do, whatever the sizes and the order', () => {
    const part = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 12 }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const total = new Total();
        const reader = new NumberReader();
        for (const [index, [units, scale]] of parts.entries()) {
          expect(reader.read(writeDecimal({ units, scale }))).toBe(true);
          if (index === 0) total.set(reader);
          else total.add(reader);
        }
        const units = parts.reduce((sum, [one, scale]) => sum + one * 10n ** BigInt(12 - scale), 0n);
        expect(writeDecimal(total.decimal)).toBe(writeDecimal({ units, scale: 12 }));
      }),
    );
  });

  it('a mean has at least 15 digits, and is exact where it comes out even', () => {
    expect(writeDecimal(meanOf({ units: 1n, scale: 0 }, 3))).toMatch(/^0\.3{19,}$/);
    expect(writeDecimal(meanOf({ units: 5n, scale: 0 }, 4))).toBe('1.25');
    expect(writeDecimal(meanOf({ units: -2n, scale: 0 }, 3))).toMatch(/^-0\.6{18,}7$/);
    expect(writeDecimal(meanOf({ units: 10n ** 30n + 1n, scale: 0 }, 1))).toBe((10n ** 30n + 1n).toString());
    expect(writeDecimal(meanOf({ units: 10n ** 30n + 1n, scale: 0 }, 1024))).toBe(
      '976562500000000000000000000.0009765625',
    );
    for (const zeros of [0, 1, 7])
      expect(writeDecimal(meanOf({ units: 10n ** BigInt(25 + zeros), scale: zeros }, 3))).toBe(
        writeDecimal(meanOf({ units: 10n ** 25n, scale: 0 }, 3)),
      );
  });
});
