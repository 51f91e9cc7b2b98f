import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../../src/kafka/byte-cursor.ts';

/** Seven bits a byte, the lowest first; the last byte's highest bit is 0. */
function unsigned(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}
/** 0, −1, 1, −2 … → 0, 1, 2, 3 … */
const zigzag = (value: bigint): bigint => (value >= 0n ? value * 2n : -value * 2n - 1n);
const signed = (value: bigint): Buffer => unsigned(zigzag(value));

describe('a number of variable length', () => {
  it('a number of variable length of 32 bits is what was written, and ends where it ends', () => {
    fc.assert(
      fc.property(fc.integer(), fc.uint8Array(), (value, rest) => {
        const bytes = signed(BigInt(value));
        const cursor = new ByteCursor(Buffer.concat([bytes, rest]));
        expect(cursor.varint()).toBe(value);
        expect(cursor.at).toBe(bytes.length);
      }),
    );
  });

  it('a number of variable length of 64 bits is what was written, and ends where it ends', () => {
    const any = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt(-200n, 200n));
    fc.assert(
      fc.property(any, fc.uint8Array(), (value, rest) => {
        const bytes = signed(value);
        const cursor = new ByteCursor(Buffer.concat([bytes, rest]));
        expect(cursor.varlong()).toBe(value);
        expect(cursor.at).toBe(bytes.length);
      }),
    );
  });

  it('a number of variable length has 64 bits at most, also where its ten bytes bear more', () => {
    expect(new ByteCursor(Buffer.alloc(10, 0xff).fill(0x7f, 9)).varlong()).toBe(-(2n ** 63n));
  });

  it('a number of variable length without a sign is negative from 2 ** 31 on', () => {
    expect(new ByteCursor(unsigned(2n ** 31n - 1n)).unsignedVarint()).toBe(2 ** 31 - 1);
    expect(new ByteCursor(unsigned(2n ** 31n)).unsignedVarint()).toBe(-(2 ** 31));
  });

  it.each(['varint', 'varlong', 'unsignedVarint'] as const)(
    'a number of variable length that goes on for too long, or is cut off, is a RangeError: %s',
    (kind) => {
      const tooLong = Buffer.alloc(20, 0x80);
      expect(() => new ByteCursor(tooLong)[kind]()).toThrow(
        /received a var(?:int|long) of more than \d+ bytes/,
      );
      expect(() => new ByteCursor(Buffer.of(0x80))[kind]()).toThrow(RangeError);
    },
  );
});

describe('bytes behind their length', () => {
  it('bytes behind their length are given as they are, and what follows is read next', () => {
    const cursor = new ByteCursor(Buffer.concat([signed(3n), Buffer.from('abc'), Buffer.of(7)]));
    expect(cursor.field()).toEqual(Buffer.from('abc'));
    expect(cursor.int8()).toBe(7);
  });

  it('bytes behind their length are none for a length of 0, and null for −1', () => {
    expect(new ByteCursor(signed(0n)).field()).toEqual(Buffer.alloc(0));
    expect(new ByteCursor(signed(-1n)).field()).toBe(null);
  });

  it.each([2n, -2n])(
    'bytes behind their length are a RangeError where there are fewer, or where their length is %s',
    (length) => {
      expect(() => new ByteCursor(Buffer.concat([signed(length), Buffer.of(1)])).field()).toThrow(
        `received 1 bytes, expected ${length}`,
      );
    },
  );
});

it('nothing is skipped beyond the end', () => {
  const cursor = new ByteCursor(Buffer.alloc(4));
  cursor.skip(3);
  expect(() => cursor.skip(2)).toThrow('received 1 bytes, expected 2');
  cursor.skip(1);
  expect(() => cursor.int8()).toThrow(RangeError);
});
