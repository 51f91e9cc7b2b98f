// The cost of decompressing zstd, computed from the headers of its frames and blocks: the library allocates the window that a frame
// asks for, and moves it at each block, however small.
//   Frame => magic descriptor [window] [dictionary] [content size] [Block] [checksum]     (RFC 8878)

const MAGIC = 0xfd2fb528;
/** A block of one byte, repeated. */
const RLE = 1;

export type ZstdCost = {
  /** The largest window of any frame, in bytes. */
  readonly window: number;
  /** Bytes that the library moves in all. */
  readonly moved: number;
};

/** @throws {RangeError} where the bytes are not zstd frames, or are truncated */
export function zstdCost(packed: Buffer): ZstdCost {
  let [largest, moved] = [0, 0];
  for (let at = 0; at < packed.length || at === 0; ) {
    const { window, blocksAt, hasChecksum } = headAt(packed, at);
    const { blocks, end } = blocksFrom(packed, blocksAt);
    largest = Math.max(largest, window);
    moved += window * blocks;
    at = end + (hasChecksum ? 4 : 0);
  }
  return { window: largest, moved };
}

function headAt(packed: Buffer, start: number) {
  if (packed.readUInt32LE(start) !== MAGIC) throw new RangeError('this is not zstd');
  const descriptor = packed.readUInt8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeAt = start + (isSingleSegment ? 5 : 6) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 2 ** sizeFlag;
  return {
    window: isSingleSegment ? sizeOf(packed, sizeAt, sizeBytes) : windowOf(packed.readUInt8(start + 5)),
    blocksAt: sizeAt + sizeBytes,
    hasChecksum: (descriptor & 4) !== 0,
  };
}

/** The content size in a field of 1, 2, 4 or 8 bytes; a field of 2 counts from 256. */
function sizeOf(packed: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return Number(packed.readBigUInt64LE(at));
  return packed.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function blocksFrom(packed: Buffer, start: number): { readonly blocks: number; readonly end: number } {
  let at = start;
  for (let blocks = 1; ; blocks += 1) {
    const head = packed.readUIntLE(at, 3);
    at += 3 + (((head >> 1) & 3) === RLE ? 1 : head >> 3);
    if ((head & 1) === 1) return { blocks, end: at };
  }
}
