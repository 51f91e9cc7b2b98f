// Reads the primitive types of the Kafka protocol (https://kafka.apache.org/protocol#protocol_types) from one
// frame. Never reads past the frame's end, and one frame holds at most MAX_ENTRIES array entries in all, so
// that a hostile count costs no memory. In a flexible version (KIP-482) strings, bytes and arrays are read in their
// compact forms, and tagged fields, none of which this broker needs, are skipped at the end of each structure, so that
// handlers are the same for both.

import { readInt64 } from './int64.ts';

const MAX_ENTRIES = 100_000;
const MAX_VARINT_BYTES = 5;
const UUID_BYTES = 16;
/** Bytes, of compact strings too, as in Apache Kafka: the INT16 length of other versions could not carry a longer one. */
const LONGEST_STRING = 0x7fff;
/** UTF-8 bytes of U+FFFD, which replaces an invalid byte. */
const REPLACEMENT_BYTES = 3;

/** The frame violates the protocol; its connection is closed. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

export class Reader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;
  /** Whether the version being read is a flexible one. */
  isFlexible = false;
  #entries = MAX_ENTRIES;

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer;
    this.position = position;
    this.end = buffer.length;
  }

  #take(bytes: number): number {
    const at = this.position;
    if (bytes > this.end - at) {
      throw new MalformedRequest(
        `received a frame that ends at ${this.end}, expected ${bytes} bytes at ${at}`,
      );
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

  /** UNSIGNED_VARINT: seven bits a byte, the lowest first. */
  unsignedVarint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.buffer.readUInt8(this.#take(1));
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedRequest(`expected a varint of at most ${MAX_VARINT_BYTES} bytes`);
  }

  /** UUID, in the URL-safe base64 that Kafka's tools print. */
  uuid(): string {
    const at = this.#take(UUID_BYTES);
    return this.buffer.toString('base64url', at, at + UUID_BYTES);
  }

  /** Reads the rest of the frame as a flexible version, from the tagged fields that end the request header. */
  beginFlexible(): void {
    this.isFlexible = true;
    this.tags();
  }

  /** A second reader of the same frame, from this one's position. */
  again(): Reader {
    const reader = new Reader(this.buffer, this.position);
    reader.isFlexible = this.isFlexible;
    return reader;
  }

  /** Skips a structure's tagged fields; does nothing where the version is not flexible. */
  tags(): void {
    if (!this.isFlexible) return;
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint(); // the tag
      this.#take(this.unsignedVarint());
    }
  }

  /** STRING and NULLABLE_STRING: an INT16 length, −1 for null, and UTF-8; compact: a varint of the length + 1. */
  nullableString(): string | null {
    const length = this.isFlexible ? this.unsignedVarint() - 1 : this.int16();
    if (length === -1) return null;
    if (length < 0 || length > LONGEST_STRING)
      throw new MalformedRequest(`received a string's length of ${length}, expected 0 to ${LONGEST_STRING}`);
    const at = this.#take(length);
    const text = this.buffer.toString('utf8', at, at + length);
    // Invalid UTF-8 grows when it is decoded.
    if (length > LONGEST_STRING / REPLACEMENT_BYTES && Buffer.byteLength(text) > LONGEST_STRING)
      throw new MalformedRequest(`received a string of ${length} bytes, expected UTF-8`);
    return text;
  }

  string(): string {
    const value = this.nullableString();
    if (value === null) throw new MalformedRequest('received null, expected a string');
    return value;
  }

  #longLength(): number {
    return this.isFlexible ? this.unsignedVarint() - 1 : this.int32();
  }

  /** BYTES, NULLABLE_BYTES and RECORDS: a view into the frame, not a copy. */
  nullableBytes(): Buffer | null {
    const length = this.#longLength();
    if (length === -1) return null;
    if (length < 0) throw new MalformedRequest(`received a length of ${length} bytes, expected 0 or more`);
    const at = this.#take(length);
    return this.buffer.subarray(at, at + length);
  }

  /** BYTES copied out of the frame, for values that outlive the request; empty for null. */
  bytes(): Buffer {
    return Buffer.from(this.nullableBytes() ?? []);
  }

  /** ARRAY of numbers or strings: an INT32 count, −1 for null, and that many entries; compact: a varint of the count + 1. */
  nullableArray<T>(entry: (reader: this) => T): T[] | null {
    const count = this.#longLength();
    if (count === -1) return null;
    this.#entries -= count;
    if (count < 0 || this.#entries < 0 || count > this.end - this.position) {
      throw new MalformedRequest(
        `received a count of ${count} array entries, expected at most ${MAX_ENTRIES}`,
      );
    }
    const entries: T[] = [];
    for (let i = 0; i < count; i++) entries.push(entry(this));
    return entries;
  }

  array<T>(entry: (reader: this) => T): T[] {
    return this.nullableArray(entry) ?? [];
  }

  /** ARRAY of structures, each of which ends with its tagged fields in a flexible version. */
  nullableStructs<T>(entry: (reader: this) => T): T[] | null {
    return this.nullableArray(() => {
      const read = entry(this);
      this.tags();
      return read;
    });
  }

  structs<T>(entry: (reader: this) => T): T[] {
    return this.nullableStructs(entry) ?? [];
  }
}
