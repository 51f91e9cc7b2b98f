import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zstdCost } from '../../src/kafka/zstd-cost.ts';
import { rawBlock, repeatedBlock, zstdOf } from '../broker/zstd.ts';

const KIB = 1024;
const one = rawBlock(Buffer.from('x'), true);
const first = repeatedBlock(0, 5, false);

/** A frame without a window: its content's size is, by its flag, a field of 1, 2, 4 or 8 bytes. */
const sized = (flag: number, size: Buffer) =>
  Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, (flag << 6) | 0x20]), size, one]);

describe('the cost of zstd', () => {
  it.each<[string, Buffer, number, number]>([
    [
      'the window of its descriptor, for each block',
      zstdOf([first, first, one], 0x58),
      2048 * KIB,
      3 * 2048 * KIB,
    ],
    ['the eighths of a window, too', zstdOf([one], 0x07), KIB + 7 * (KIB / 8), KIB + 7 * (KIB / 8)],
    ['the size of its content in one byte', sized(0, Buffer.of(200)), 200, 200],
    ['the size of its content in two bytes, from 256 on', sized(1, Buffer.of(1, 1)), 513, 513],
    ['the size of its content in four bytes', sized(2, Buffer.of(0, 0, 0, 0x80)), 2 ** 31, 2 ** 31],
    ['the size of its content in eight bytes', sized(3, Buffer.of(0, 0, 0, 0, 0, 1, 0, 0)), 2 ** 40, 2 ** 40],
    [
      'the largest of its frames, and all that they move',
      Buffer.concat([zstdOf([one], 0x00), zstdOf([first, one], 0x08)]),
      2 * KIB,
      5 * KIB,
    ],
  ])('the cost of zstd is %s', (_, packed, window, moved) => {
    expect(zstdCost(packed)).toEqual({ window, moved });
  });

  it('the cost of zstd leaves out checksums and dictionaries', () => {
    const plain = zstdOf([one], 0x00);
    const marked = Buffer.concat([plain.subarray(0, 4), Buffer.of(4), plain.subarray(5), Buffer.alloc(4, 9)]);
    expect(zstdCost(Buffer.concat([marked, plain]))).toEqual({ window: KIB, moved: 2 * KIB });
    const withDictionary = Buffer.concat([plain.subarray(0, 4), Buffer.of(3, 0), Buffer.alloc(4, 7), one]);
    expect(zstdCost(withDictionary)).toEqual({ window: KIB, moved: KIB });
  });

  it('the cost of zstd is none of what is cut off, or no zstd', () => {
    const whole = zstdOf([first, one], 0x58);
    for (let end = 0; end < whole.length - 1; end += 1) {
      const cut = whole.subarray(0, end);
      // The bytes of the last block are the library's to miss.
      if (end < whole.length - 4) expect(() => zstdCost(cut), `cut at ${end}`).toThrow(RangeError);
    }
    expect(() => zstdCost(Buffer.from('no zstd at all'))).toThrow('this is not zstd');
  });

  it('the look at what zstd would cost ends, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const packed = Buffer.concat([zstdOf([], 0x58), Buffer.from(bytes)]);
        try {
          expect(zstdCost(packed).window).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
