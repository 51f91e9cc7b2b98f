import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { decompress } from '../../../src/broker/log/decompress.ts';

const [GZIP, SNAPPY, LZ4] = [1, 2, 3];

/** As snappy-java frames blocks, which Java's and Python's clients send. */
function xerial(blocks: readonly Buffer[]): Buffer {
  const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const framed = blocks.flatMap((block) => {
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    return [size, block];
  });
  return Buffer.concat([head, ...framed]);
}

const halves = (bytes: Buffer) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];

/** Bytes that repeat themselves near and far, and some that do not. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 2_000 }))
        .map(([pattern, times]) =>
          Uint8Array.from({ length: pattern.length * times }, (_, n) => pattern[n % pattern.length] ?? 0),
        ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe('what a client has compressed is decompressed', () => {
  it.each<[string, number, (bytes: Buffer) => Buffer]>([
    ['gzip', GZIP, gzipSync],
    ['snappy, as one block', SNAPPY, (bytes) => compressSync(bytes)],
    [
      'snappy, in the frames of snappy-java',
      SNAPPY,
      (bytes) => xerial(halves(bytes).map((half) => compressSync(half))),
    ],
    ['lz4', LZ4, (bytes) => compressFrameSync(bytes)],
  ])('what a client has compressed is decompressed: %s', (_, codec, compress) => {
    fc.assert(
      fc.property(content, (bytes) => {
        expect(decompress(codec, compress(bytes))?.equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

it('bytes that are cut off or changed give null or other bytes, and never an error', () => {
  const packed = [
    [GZIP, gzipSync('x'.repeat(1_000))],
    [SNAPPY, compressSync(Buffer.from('shopstream '.repeat(100)))],
    [LZ4, compressFrameSync(Buffer.from('shopstream '.repeat(100)))],
  ] as const;
  for (const [codec, whole] of packed) {
    for (let end = 0; end < whole.length; end += 1) decompress(codec, whole.subarray(0, end));
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 0xff, at);
      decompress(codec, changed);
    }
  }
});

it('a snappy copy may have its distance in four bytes, and overlap with what it makes', () => {
  const far = Buffer.from([8, 12, ...Buffer.from('abcd'), 15, 4, 0, 0, 0]);
  expect(decompress(SNAPPY, far)?.toString()).toBe('abcdabcd');
  const overlapping = Buffer.from([8, 4, ...Buffer.from('ab'), 23, 2, 0, 0, 0]);
  expect(decompress(SNAPPY, overlapping)?.toString()).toBe('abababab');
});

it('a copy from before the start, another frame and an unknown codec are null', () => {
  expect(decompress(SNAPPY, Buffer.from([4, 0b0000_0001, 1]))).toBeNull();
  expect(decompress(LZ4, Buffer.alloc(20))).toBeNull();
  expect(decompress(5, gzipSync('x'))).toBeNull();
});

it('more than 64 MiB is null, however few bytes it came in', () => {
  expect(decompress(GZIP, gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1)))).toBeNull();
  // A literal and copies of it: 22 bits of length a tag, over and over.
  const bomb = Buffer.concat([
    Buffer.from([4, 0, 65]),
    Buffer.alloc(3 * 1_200_000, Buffer.from([0xfe, 1, 0])),
  ]);
  expect(decompress(SNAPPY, bomb)).toBeNull();
});

it('a block of snappy-java whose length is negative, or more than there is, is null: the walk neither stands still nor goes back', () => {
  const head = xerial([]);
  const lengthOf = (length: number) => {
    const size = Buffer.alloc(4);
    size.writeInt32BE(length);
    return size;
  };
  const block = compressSync(Buffer.from('shopstream'));
  for (const length of [-4, -1, -8, -(2 ** 31), block.length + 1])
    expect(decompress(SNAPPY, Buffer.concat([head, lengthOf(length), block]))).toBeNull();
  const behind = Buffer.concat([xerial([block]), lengthOf(-8 - block.length)]);
  expect(decompress(SNAPPY, behind)).toBeNull();
});

it('blocks of snappy-java that unpack to more than 64 MiB together are null', () => {
  const block = compressSync(Buffer.alloc(16 * 1024 * 1024));
  expect(decompress(SNAPPY, xerial(Array(4).fill(block)))).toHaveLength(64 * 1024 * 1024);
  expect(decompress(SNAPPY, xerial([...Array(4).fill(block), compressSync(Buffer.of(0))]))).toBeNull();
});
