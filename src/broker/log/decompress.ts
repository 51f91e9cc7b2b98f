// Decompresses the records of a batch, for look-ups by time and for compaction; batches are stored and served as sent.
// Node decompresses gzip and, from 22.15 on, zstd, before that a library does; Snappy and LZ4 are decoded here. For invalid data,
// or more than MAX_BYTES, the result is null, and the caller uses the batch's header instead.

import { zlib } from '../late.ts';
import { unzstd as unzstdByLibrary } from './unzstd.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/** Decompresses codec 1 to 4 (gzip, snappy, lz4, zstd); null where the data is invalid or too large. */
export function decompress(codec: number, packed: Buffer): Buffer | null {
  try {
    if (codec === 1) return zlib().gunzipSync(packed, { maxOutputLength: MAX_BYTES });
    if (codec === 2) return unsnappy(packed);
    if (codec === 3) return unlz4(packed);
    return codec === 4 ? unzstd(packed) : null;
  } catch {
    return null;
  }
}

type Unzstd = (packed: Buffer, options: { maxOutputLength: number }) => Buffer;

function unzstd(packed: Buffer): Buffer {
  const { zstdDecompressSync } = zlib() as { zstdDecompressSync?: Unzstd }; // from Node 22.15 on
  return zstdDecompressSync?.(packed, { maxOutputLength: MAX_BYTES }) ?? unzstdByLibrary(packed, MAX_BYTES);
}

/** Growing output of at most MAX_BYTES that can copy from itself, as LZ77 codecs need. */
class Output {
  #bytes: Buffer;
  length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  #room(bytes: number): void {
    if (this.length + bytes > MAX_BYTES) throw new RangeError(`expected at most ${MAX_BYTES} bytes`);
    if (this.length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + bytes));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }

  append(source: Buffer, start: number, bytes: number): void {
    if (start + bytes > source.length) throw new RangeError('the compressed bytes end too early');
    this.#room(bytes);
    this.length += source.copy(this.#bytes, this.length, start, start + bytes);
  }

  /** Copies `bytes` bytes from `distance` back to the end, where source and target may overlap. */
  repeat(distance: number, bytes: number): void {
    if (distance === 0 || distance > this.length)
      throw new RangeError('a copy begins before the start of the output');
    this.#room(bytes);
    for (let i = 0; i < bytes; i++)
      this.#bytes[this.length + i] = this.#bytes[this.length + i - distance] ?? 0;
    this.length += bytes;
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

// Java and Python clients frame Snappy blocks as snappy-java does: a magic, two versions, then [INT32 length, block].
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER = 16;

function unsnappy(packed: Buffer): Buffer {
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnappyBlock(packed);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER; at + 4 <= packed.length; ) {
    const length = packed.readInt32BE(at);
    // A negative length would move `at` back, and the loop would never end.
    if (length < 0 || at + 4 + length > packed.length)
      throw new RangeError(`received a block of ${length} bytes, expected at most ${packed.length - at - 4}`);
    const block = unsnappyBlock(packed.subarray(at + 4, at + 4 + length));
    total += block.length;
    if (total > MAX_BYTES) throw new RangeError(`expected at most ${MAX_BYTES} bytes`);
    blocks.push(block);
    at += 4 + length;
  }
  return Buffer.concat(blocks, total);
}

/** https://github.com/google/snappy/blob/main/format_description.txt */
function unsnappyBlock(packed: Buffer): Buffer {
  let at = packed.findIndex((byte) => byte < 0x80) + 1; // skips the unpacked length, a varint: Output grows by itself
  const output = new Output(packed.length * 3);
  while (at < packed.length) {
    const tag = packed.readUInt8(at++);
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      const extra = Math.max(0, (tag >> 2) - 59); // 60 to 63: the length is in the next 1 to 4 bytes
      if (extra > 0) length = packed.readUIntLE(at, extra) + 1;
      output.append(packed, at + extra, length);
      at += extra + length;
    } else if (kind === 1) {
      output.repeat(((tag >> 5) << 8) | packed.readUInt8(at), ((tag >> 2) & 7) + 4);
      at += 1;
    } else {
      const width = kind === 2 ? 2 : 4;
      output.repeat(packed.readUIntLE(at, width), (tag >> 2) + 1);
      at += width;
    }
  }
  return output.done();
}

const LZ4_MAGIC = 0x184d2204;

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md; checksums are left to the consumers. */
function unlz4(packed: Buffer): Buffer {
  if (packed.readUInt32LE(0) !== LZ4_MAGIC) throw new RangeError('not an LZ4 frame');
  const flags = packed.readUInt8(4);
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0); // magic, flags, block size, [size], [dictionary], checksum
  const output = new Output(packed.length * 3);
  for (;;) {
    const head = packed.readUInt32LE(at);
    const size = head & 0x7fffffff;
    if (size === 0) return output.done();
    if (head >>> 31) output.append(packed, at + 4, size);
    else unlz4Block(packed.subarray(at + 4, at + 4 + size), output);
    at += 4 + size + (flags & 16 ? 4 : 0);
  }
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function unlz4Block(block: Buffer, output: Output): void {
  let at = 0;
  const more = (length: number) => {
    let sum = length;
    for (let byte = 255; length === 15 && byte === 255; sum += byte) byte = block.readUInt8(at++);
    return sum;
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = more(token >> 4);
    output.append(block, at, literals);
    at += literals;
    if (at >= block.length) return; // the last sequence has no copy
    const distance = block.readUInt16LE(at);
    at += 2;
    output.repeat(distance, more(token & 15) + 4);
  }
}
