// Decompresses zstd where Node can't (before 22.15). The library allocates the window that a frame asks for, and moves it at each
// block, so the cost of a frame is computed from its headers first.
//   Frame => magic descriptor [window] [dictionary] [content size] [Block] [checksum]     (RFC 8878)

import { fzstd } from '../late.ts';

const MAGIC = 0xfd2fb528;
const RLE = 1;
/** Limit of the bytes moved, about 0.2 s: that of 64 MiB of content with the usual window of 2 MiB. */
const MOST_MOVED_BYTES = 2 ** 30;

type Frame = {
  /** Bytes of output that the library keeps for back-references. */
  readonly window: number;
  readonly blocks: number;
  /** Where the next frame starts. */
  readonly end: number;
};

/** Decompresses one frame or several. @throws {Error} where they are invalid, too costly, or unpack to more than `mostBytes` */
export function unzstd(packed: Buffer, mostBytes: number): Buffer {
  let moved = 0;
  for (let at = 0; at < packed.length; ) {
    const { window, blocks, end } = frameAt(packed, at);
    moved += window * blocks;
    if (window > mostBytes || moved > MOST_MOVED_BYTES)
      throw new RangeError(`received a window of ${window} bytes and ${blocks} blocks`);
    at = end;
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  const stream = new (fzstd().Decompress)((chunk) => {
    total += chunk.length;
    if (total > mostBytes) throw new RangeError(`expected at most ${mostBytes} bytes`);
    chunks.push(chunk.slice()); // the library reuses its buffer
  });
  stream.push(packed, true);
  return Buffer.concat(chunks, total);
}

function frameAt(packed: Buffer, start: number): Frame {
  if (packed.readUInt32LE(start) !== MAGIC) throw new RangeError('not a zstd frame');
  const descriptor = packed.readUInt8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentAt = start + (isSingleSegment ? 5 : 6) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const contentBytes = sizeFlag === 0 ? Number(isSingleSegment) : 2 ** sizeFlag;
  const window = isSingleSegment
    ? contentOf(packed.subarray(contentAt, contentAt + contentBytes))
    : windowOf(packed.readUInt8(start + 5));
  const hasChecksum = (descriptor & 4) !== 0;
  const { blocks, end } = blocksFrom(packed, contentAt + contentBytes);
  return { window, blocks, end: end + (hasChecksum ? 4 : 0) };
}

/** The content size in a field of 1, 2, 4 or 8 bytes; a field of 2 counts from 256. */
function contentOf(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

/** The size of a window by its descriptor. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function blocksFrom(packed: Buffer, start: number): Pick<Frame, 'blocks' | 'end'> {
  let at = start;
  for (let blocks = 1; ; blocks += 1) {
    const head = packed.readUIntLE(at, 3);
    at += 3 + (((head >> 1) & 3) === RLE ? 1 : head >> 3);
    if (head & 1) return { blocks, end: at };
  }
}
