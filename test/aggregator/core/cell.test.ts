// One value of a record: its type, its digits, and the key that it makes.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Digits,
  keyOf,
  numberCell,
  ownCell,
  readNumeric,
  Structure,
  showCell,
  writeCell,
} from '../../../src/aggregator/core/cell.ts';
import { NumberReader, writeDecimal } from '../../../src/aggregator/core/decimal.ts';
import { readCell } from '../../../src/aggregator/core/json.ts';

describe('a number', () => {
  it.each([
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', new Digits('1234567890123456')],
    ['0.123456789012345', 0.123456789012345],
    ['-0.00000000000001', -1e-14],
    ['1e14', 1e14],
    ['1e15', new Digits('1000000000000000')],
    [`1e-${'9'.repeat(9)}`, new Digits(`1e-${'9'.repeat(9)}`)],
  ])('the number %s is a double only where that keeps its digits', (text, cell) => {
    expect(numberCell(text)).toEqual(cell);
  });

  it('a number is written with all the digits it was read with', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat({ max: 17 }), (units, scale) => {
        const text = writeDecimal({ units, scale });
        expect(writeCell(numberCell(text))).toBe(text);
      }),
    );
  });

  it('a number under a numeric operation may be text, and is nothing else', () => {
    const reader = new NumberReader();
    expect(readNumeric(reader, '12.50') && writeDecimal(reader.decimal)).toBe('12.5');
    expect(readNumeric(reader, new Digits('9007199254740993')) && writeDecimal(reader.decimal)).toBe(
      '9007199254740993',
    );
    for (const cell of ['', ' 1', '0x1', true, null, undefined, Number.NaN, new Structure('[1]')])
      expect([cell, readNumeric(reader, cell)]).toEqual([cell, false]);
  });
});

describe('the key of a session', () => {
  it('the key of a session is the same for equal values, and differs for values of different types', () => {
    const cells = [1, '1', true, 'true', null, '', 'null', new Digits('1e0'), new Structure('[1]'), '[1]'];
    expect(new Set(cells.map((cell) => keyOf([cell], []))).size).toBe(cells.length);
    expect(keyOf([1, 'a'], ['2024'])).toBe(keyOf([readCell('1.0'), 'a'], ['2024']));
    expect(keyOf(['a,"b"'], [])).not.toBe(keyOf(['a', 'b'], []));
    expect(keyOf([undefined], [])).toBe(keyOf([null], []));
  });

  it('the key of a session has texts as they are: neither trimmed, nor folded, nor normalized', () => {
    const texts = ['é', 'e\u0301', 'É', ' é', 'é ', 'é\u00a0', 'é\u200b'];
    expect(new Set(texts.map((text) => keyOf([text], []))).size).toBe(texts.length);
  });

  it('the key of a session fits an index of Postgres, however long the values are, and still tells them apart', () => {
    const [one, other] = ['x'.repeat(5_000), `${'x'.repeat(4_999)}y`];
    expect(keyOf([one], []).length).toBeLessThan(100);
    expect(keyOf([one], [])).not.toBe(keyOf([other], []));
  });
});

it('a cell in a message is JSON of at most 80 characters', () => {
  expect(showCell(undefined)).toBe('no value');
  expect(showCell('a "b"')).toBe('"a \\"b\\""');
  expect(showCell('x'.repeat(100))).toBe(`"${'x'.repeat(78)}…`);
});

it('a cell that is kept is the same text, half characters included', () => {
  for (const text of ['', 'short', 'a long text of a block', `${'x'.repeat(20)}\ud83d`])
    expect(ownCell(text)).toBe(text);
});
