import { gzipSync } from 'node:zlib';
import { CompressionTypes } from 'kafkajs';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { CodecError, MAX_UNPACKED_BYTES, UNPACK } from '../../src/kafka/codecs.ts';
import { repeatedBlock, zstdOf } from '../broker/zstd.ts';

const text = Buffer.from('an event, and the same again; '.repeat(1000));

/** As snappy-java frames it: blocks of 32 KB behind a header. */
function xerial(bytes: Buffer): Buffer {
  const parts: Buffer[] = [
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  ];
  for (let at = 0; at < bytes.length; at += 4096) {
    const block = compressSync(bytes.subarray(at, at + 4096));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

// Written by Facebook's zstd, by way of python-zstandard 0.20, from 'y\n' 100 times.
const ZSTD_YES = Buffer.from('28b52ffd20c84d000010790a0100c3288705', 'hex');

const tinyBlocks = (count: number) =>
  Array.from({ length: count }, (_, n) => repeatedBlock(0, 1, n === count - 1));

describe('unpacking', () => {
  it.each([
    ['gzip', CompressionTypes.GZIP, gzipSync(text)],
    ['raw snappy', CompressionTypes.Snappy, compressSync(text)],
    ['snappy framed by snappy-java', CompressionTypes.Snappy, xerial(text)],
    ['lz4', CompressionTypes.LZ4, compressFrameSync(text)],
  ] as const)('unpacking gives back what %s packed', async (_name, type, packed) => {
    expect(await UNPACK[type](packed)).toEqual(text);
  });

  it.each([
    ['gzip', CompressionTypes.GZIP, gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1))],
    ['snappy', CompressionTypes.Snappy, compressSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1))],
    ['framed snappy', CompressionTypes.Snappy, xerial(Buffer.alloc(MAX_UNPACKED_BYTES + 1))],
    ['lz4', CompressionTypes.LZ4, compressFrameSync(Buffer.alloc(MAX_UNPACKED_BYTES + 5 * 1024 * 1024))],
    // A window of 2 GB, asked for by 9 bytes.
    ['zstd', CompressionTypes.ZSTD, Buffer.from('28b52ffd00a8010000', 'hex')],
    // A window of 64 MiB, moved for each byte.
    ['zstd in tiny blocks', CompressionTypes.ZSTD, zstdOf(tinyBlocks(200_000), 0x80)],
    // 1.8 GB in one piece, by 12 bytes.
    ['zstd without a window', CompressionTypes.ZSTD, Buffer.from('28b52ffda000000070010000', 'hex')],
  ] as const)('unpacking refuses a bomb of %s', async (_name, type, packed) => {
    await expect(UNPACK[type](packed)).rejects.toThrow(/larger than|expected at most/);
  });

  it.each(Object.values(UNPACK).map((unpack) => [unpack] as const))(
    'unpacking refuses what is cut or damaged',
    async (unpack) => {
      for (const bytes of [Buffer.alloc(0), Buffer.from('no'), Buffer.alloc(64, 0xff)])
        await expect(unpack(bytes)).rejects.toThrow();
    },
  );

  it('unpacking names what is no frame', async () => {
    await expect(UNPACK[CompressionTypes.LZ4](Buffer.from('no frame at all'))).rejects.toThrow(CodecError);
  });

  it('unpacking reads zstd as its own tool wrote it', async () => {
    expect((await UNPACK[CompressionTypes.ZSTD](ZSTD_YES)).toString()).toBe('y\n'.repeat(100));
  });
});
