// Decompression for kafkajs, which lacks snappy, lz4 and zstd: any other client may produce such batches, and a cluster may
// recompress (compression.type of the topic). Gzip is replaced too, as kafkajs decompresses it without a limit.
// There is no compression, except by writeSnappyBy(): the program's own producers leave it to the topic's configuration.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import kafkajs from 'kafkajs';
import { decompressFrame } from 'lz4-napi';
import { uncompress } from 'snappy';
import { zstdCost } from './zstd-cost.ts';

// Node does not see every export of a CommonJS module by its name.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/** A compressed batch has at most message.max.bytes, by default 1 MB; one that decompresses to more than this is a bomb. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** Limit of the bytes that the zstd library moves, about 0.2 s: as many as a batch of 64 MiB moves with the usual window of 2 MiB. */
const MOST_MOVED_BYTES = 2 ** 30;

/** A batch does not have its codec's format, or decompresses to more than MAX_UNPACKED_BYTES. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

const unzip = promisify(gunzip);

/** snappy-java's framing, which Java clients write: magic, two versions, then [INT32 length, block]. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = XERIAL.length + 8;

async function unsnappy(packed: Buffer): Promise<Buffer> {
  if (!packed.subarray(0, XERIAL.length).equals(XERIAL)) return unsnappyBlock(packed);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at < packed.length; ) {
    const length = packed.readInt32BE(at);
    if (length < 0 || at + 4 + length > packed.length) throw new CodecError('a snappy block is cut off');
    const block = await unsnappyBlock(packed.subarray(at + 4, at + 4 + length));
    total += block.length;
    checkSize(total);
    blocks.push(block);
    at += 4 + length;
  }
  return Buffer.concat(blocks, total);
}

async function unsnappyBlock(packed: Buffer): Promise<Buffer> {
  checkSize(snappyLength(packed));
  return Buffer.from(await uncompress(packed));
}

/** The uncompressed length at the start of a raw snappy block, a varint (snappy/format_description.txt). */
function snappyLength(packed: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = packed[index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new CodecError('a snappy block has no length');
}

/** LZ4 frame format 1.6: magic, FLG, BD, optional sizes, then blocks of at most the size that BD names. */
const LZ4_MAGIC = 0x184d2204;

function checkLz4(packed: Buffer): void {
  if (packed.length < 7 || packed.readUInt32LE(0) !== LZ4_MAGIC) throw new CodecError('this is not lz4');
  const [flags, descriptor] = [packed.readUInt8(4), packed.readUInt8(5)];
  const blockBytes = 2 ** (8 + 2 * ((descriptor >> 4) & 7));
  const trailer = (flags & 0x10) === 0 ? 0 : 4;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  for (let most = 0; at + 4 <= packed.length; ) {
    const size = packed.readUInt32LE(at);
    if (size === 0) return;
    most += blockBytes;
    if (most - blockBytes > MAX_UNPACKED_BYTES) checkSize(most);
    at += 4 + (size & 0x7fffffff) + trailer;
  }
}

async function unlz4(packed: Buffer): Promise<Buffer> {
  checkLz4(packed);
  return decompressFrame(packed);
}

async function unzstd(packed: Buffer): Promise<Buffer> {
  const { window, moved } = zstdCost(packed);
  checkSize(window);
  if (moved > MOST_MOVED_BYTES)
    throw new CodecError(`moves ${moved} bytes of its window, expected at most ${MOST_MOVED_BYTES}`);
  const chunks: Uint8Array[] = [];
  let total = 0;
  const stream = new Decompress((chunk) => {
    total += chunk.length;
    checkSize(total);
    chunks.push(chunk.slice());
  });
  stream.push(packed, true);
  return Buffer.concat(chunks, total);
}

function checkSize(bytes: number): void {
  if (bytes > MAX_UNPACKED_BYTES)
    throw new CodecError(`unpacks to ${bytes} bytes or more, expected at most ${MAX_UNPACKED_BYTES}`);
}

/** Decompresses the records of a batch, by the codec's number on the wire. Rejects damaged and too large ones. */
export const UNPACK = {
  [CompressionTypes.GZIP]: (packed: Buffer) => unzip(packed, { maxOutputLength: MAX_UNPACKED_BYTES }),
  [CompressionTypes.Snappy]: unsnappy,
  [CompressionTypes.LZ4]: unlz4,
  [CompressionTypes.ZSTD]: unzstd,
} as const;

/**
 * Makes this process compress batches by `compress` where a send asks for SNAPPY; the program's own producers do not.
 */
export function writeSnappyBy(compress: (records: Buffer) => Buffer): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { readonly buffer: Buffer }) => compress(buffer),
    decompress: unsnappy,
  });
}

/** For `send({ compression })`. */
export const SNAPPY = CompressionTypes.Snappy;

/** Makes kafkajs read batches of all four codecs; for the whole process, once. */
export function registerCodecs(): void {
  const register = (type: keyof typeof UNPACK) => {
    CompressionCodecs[type] = () => ({
      compress: () => Promise.reject(new CodecError('this program sends records uncompressed')),
      decompress: UNPACK[type],
    });
  };
  register(CompressionTypes.GZIP);
  register(CompressionTypes.Snappy);
  register(CompressionTypes.LZ4);
  register(CompressionTypes.ZSTD);
}
