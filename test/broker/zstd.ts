// Frames of zstd with their bytes as they are, as Node's own compression begins with 22.15 (RFC 8878).

const BLOCK_BYTES = 128 * 1024;

function blockHead(isLast: boolean, kind: number, bytes: number): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE(bytes * 8 + kind * 2 + Number(isLast), 0, 3);
  return head;
}

/** A frame of a window (its descriptor's byte: 1 KiB << its upper five bits) and given blocks; without a size of its content. */
export function zstdOf(blocks: readonly Buffer[], window = 0x58): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window]), ...blocks]);
}

/** A block with its bytes as they are. */
export function rawBlock(bytes: Buffer, isLast: boolean): Buffer {
  return Buffer.concat([blockHead(isLast, 0, bytes.length), bytes]);
}

/** A block of one byte, `times` times. */
export function repeatedBlock(byte: number, times: number, isLast: boolean): Buffer {
  return Buffer.concat([blockHead(isLast, 1, times), Buffer.of(byte)]);
}

/** The bytes in raw blocks. */
export function zstdFrame(bytes: Buffer): Buffer {
  const count = Math.max(1, Math.ceil(bytes.length / BLOCK_BYTES));
  const blocks = Array.from({ length: count }, (_, n) =>
    rawBlock(bytes.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES), n === count - 1),
  );
  return zstdOf(blocks);
}
