// Reads primitive types of Kafka's protocol one after the other (kafka.apache.org/protocol#protocol_types). A read beyond the end, or
// of an invalid varint, throws a RangeError.

const VARINT_BYTES = 5;
const VARLONG_BYTES = 10;

export class ByteCursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The position `length` bytes from here. @throws {RangeError} where that is beyond the end, or `length` is negative */
  endOf(length: number): number {
    const end = this.at + length;
    if (length < 0 || end > this.#bytes.length)
      throw new RangeError(`received ${this.#bytes.length - this.at} bytes, expected ${length}`);
    return end;
  }

  skip(bytes: number): void {
    this.at = this.endOf(bytes);
  }

  int8(): number {
    const value = this.#bytes.readInt8(this.at);
    this.at += 1;
    return value;
  }

  /** UNSIGNED_VARINT of 32 bits; values from 2 ** 31 on are negative. */
  unsignedVarint(): number {
    let value = 0;
    for (let index = 0; index < VARINT_BYTES; index += 1) {
      const byte = this.#bytes.readUInt8(this.at);
      this.at += 1;
      value |= (byte & 0x7f) << (7 * index);
      if (byte < 0x80) return value;
    }
    throw new RangeError(`received a varint of more than ${VARINT_BYTES} bytes`);
  }

  /** VARINT, zigzag. */
  varint(): number {
    const value = this.unsignedVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** VARLONG, zigzag; bits beyond 64 are dropped, as in Kafka's own reader. */
  varlong(): bigint {
    let value = 0n;
    for (let index = 0; index < VARLONG_BYTES; index += 1) {
      const byte = this.#bytes.readUInt8(this.at);
      this.at += 1;
      // Nearly always there is one byte.
      if (index === 0 && byte < 0x80) return BigInt((byte >>> 1) ^ -(byte & 1));
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        const bits = BigInt.asUintN(64, value);
        return (bits >> 1n) ^ -(bits & 1n);
      }
    }
    throw new RangeError(`received a varlong of more than ${VARLONG_BYTES} bytes`);
  }

  /** A VARINT length and that many bytes; null for a length of −1. */
  field(): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    const end = this.endOf(length);
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
