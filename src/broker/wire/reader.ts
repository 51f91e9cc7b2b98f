// Reads the primitive types of the Kafka protocol (https://kafka.apache.org/protocol#protocol_types) from one
// frame. Never reads past the frame's end, and one frame holds at most MAX_ENTRIES array entries in all, so
// that a hostile count costs no memory. Compact types and tagged fields are left out on purpose: no flexible
// version is advertised.

import { readInt64 } from './int64.ts';

const MAX_ENTRIES = 100_000;

/** The frame is not what the protocol says; the connection that sent it is closed. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

export class Reader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;
  #entries = MAX_ENTRIES;

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer;
    this.position = position;
    this.end = buffer.length;
  }

  #take(bytes: number): number {
    const at = this.position;
    if (bytes > this.end - at) {
      throw new MalformedRequest(`expected ${bytes} bytes at ${at}, the frame ends at ${this.end}`);
    }
    this.position = at + bytes;
    return at;
  }

  int8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  int64(): number {
    return readInt64(this.buffer, this.#take(8));
  }

  /** STRING and NULLABLE_STRING: an INT16 length, −1 for null, and UTF-8. */
  nullableString(): string | null {
    const length = this.int16();
    if (length === -1) return null;
    if (length < 0) throw new MalformedRequest(`expected a string's length, got ${length}`);
    const at = this.#take(length);
    return this.buffer.toString('utf8', at, at + length);
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw new MalformedRequest('expected a string, got null');
    return value;
  }

  /** BYTES, NULLABLE_BYTES and RECORDS: a view into the frame, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length === -1) return null;
    if (length < 0) throw new MalformedRequest(`expected a length of bytes, got ${length}`);
    const at = this.#take(length);
    return this.buffer.subarray(at, at + length);
  }

  /** BYTES copied out of the frame, for what outlives the request. */
  bytes(): Buffer {
    return Buffer.from(this.nullableBytes() ?? []);
  }

  /** ARRAY: an INT32 count, −1 for null, and that many entries. */
  nullableArray<T>(entry: (reader: this) => T): T[] | null {
    const count = this.int32();
    if (count === -1) return null;
    this.#entries -= count;
    if (count < 0 || this.#entries < 0 || count > this.end - this.position) {
      throw new MalformedRequest(`expected at most ${MAX_ENTRIES} array entries, got a count of ${count}`);
    }
    const entries: T[] = [];
    for (let i = 0; i < count; i++) entries.push(entry(this));
    return entries;
  }

  array<T>(entry: (reader: this) => T): T[] {
    return this.nullableArray(entry) ?? [];
  }
}
