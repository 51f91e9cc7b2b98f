// INT64 of the wire as a JavaScript number. Offsets, timestamps and producer ids are exact up to 2^53; a larger value, which
// only a hostile client sends, is rounded and never throws. BigInt would cost an allocation for each field of each batch.

const WORD = 2 ** 32;
const MAX_HIGH = 0x7fffffff;

/** Reads the INT64 at `at`, big endian. */
export function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * WORD + buffer.readUInt32BE(at + 4);
}

/** Writes `value`, an integer, as INT64 at `at`; 2^63, to which the highest values are rounded, becomes the highest INT64. */
export function writeInt64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / WORD);
  buffer.writeInt32BE(Math.min(high, MAX_HIGH), at);
  buffer.writeUInt32BE(high > MAX_HIGH ? 0xffffffff : value - high * WORD, at + 4);
}
