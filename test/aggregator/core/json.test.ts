import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Digits, Structure, writeCell } from '../../../src/aggregator/core/cell.ts';
import { canonicalJson, cellOf, readCell, readObject } from '../../../src/aggregator/core/json.ts';

describe('a JSON value as a cell', () => {
  it.each<[string, unknown]>([
    ['"text"', 'text'],
    ['true', true],
    ['null', null],
    ['1.0', 1],
    ['-0', 0],
    ['1e3', 1_000],
    ['0.1', 0.1],
    ['123456789012345', 123_456_789_012_345],
    ['9007199254740993', new Digits('9007199254740993')],
    ['0.12345678901234567', new Digits('0.12345678901234567')],
    ['1e20', new Digits('100000000000000000000')],
    ['-1.50e-20', -1.5e-20],
    ['1.50e-40', new Digits(`0.${'0'.repeat(39)}15`)],
    ['{"b":1,"a":[1.0,null]}', new Structure('{"a":[1,null],"b":1}')],
    ['[9007199254740993, "x"]', new Structure('[9007199254740993,"x"]')],
  ])('%s keeps its type and all of its digits', (json, cell) => {
    expect(readCell(json)).toEqual(cell);
    expect(writeCell(readCell(json))).toBe(canonicalJson(readObject(`{"v":${json}}`)?.v));
  });

  it('a JSON value written and read again is the same cell', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const cell = readCell(JSON.stringify(value));
        expect(readCell(writeCell(cell))).toEqual(cell);
      }),
    );
  });

  it('a cell is that of an object’s own field: what every object inherits is missing', () => {
    const object = readObject('{"a":1,"__proto__":2}') ?? {};
    expect(cellOf(object, 'a')).toBe(1);
    expect(cellOf(object, 'toString')).toBeUndefined();
    expect(cellOf(object, '__proto__')).toBe(2);
  });
});

describe('an object', () => {
  it.each(['[]', '1', 'null', '"text"', '[9007199254740993]'])(
    'is not %s, which is JSON all the same',
    (text) => {
      expect(readObject(text)).toBeUndefined();
    },
  );

  it.each(['', '{', '{"a":1,}', '{"a":9007199254740993', '{"a":01}'])(
    'is not %j, which is no JSON',
    (text) => {
      expect(() => readObject(text)).toThrow(SyntaxError);
    },
  );

  it('an object has the last of two values of one name, with few digits and with many', () => {
    expect(cellOf(readObject('{"a":1,"a":2}') ?? {}, 'a')).toBe(2);
    expect(cellOf(readObject('{"a":1,"a":9007199254740993}') ?? {}, 'a')).toEqual(
      new Digits('9007199254740993'),
    );
  });

  it('an object has the same canonical text in whatever order its names come', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});
