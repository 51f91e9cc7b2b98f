import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readInt64, writeInt64 } from '../../../src/broker/wire/int64.ts';

it('writes and reads what BigInt does, exactly up to 2^53', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 32, -(2 ** 32), 2 ** 53, -(2 ** 53))),
      (value) => {
        const buffer = Buffer.alloc(10);
        writeInt64(buffer, value, 1);
        expect(buffer.readBigInt64BE(1)).toBe(BigInt(value));
        expect(readInt64(buffer, 1)).toBe(value);
      },
    ),
  );
});

it('rounds what is larger, and takes the highest INT64 for 2^63', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const buffer = Buffer.alloc(8);
      buffer.writeBigInt64BE(value);
      expect(readInt64(buffer, 0)).toBe(Number(value));
      writeInt64(buffer, Number(value), 0);
      const written = buffer.readBigInt64BE();
      expect(written).toBe(Number(value) === 2 ** 63 ? 2n ** 63n - 1n : BigInt(Number(value)));
    }),
  );
});
