// Writes the primitive types of the Kafka protocol into one response: the frame's size, its correlation id and the body.
// Large BYTES (records) are referenced, so that they go from the file to the socket without a copy; everything else goes
// through one growing buffer. In a flexible version (KIP-482) strings, bytes and arrays have their compact forms, and every
// structure ends with an empty list of tagged fields.

import { writeInt64 } from './int64.ts';

const COPY_BELOW = 4096;
/** Limit of a response without its records, which a request of a hundred thousand array entries could otherwise exceed at will. */
const MOST_BYTES = 100 * 1024 * 1024;

export class Writer {
  #done: Buffer[] = [];
  #doneBytes = 0;
  #buffer: Buffer;
  #start = 0;
  #position = 0;
  #isFlexible = false;

  /** Begins a response to the request with `correlationId`; a good `sizeHint` avoids growing the buffer. */
  constructor(correlationId: number, sizeHint = 256) {
    this.#buffer = Buffer.allocUnsafe(sizeHint);
    this.#position = 4; // the size is known at the end
    this.int32(correlationId);
  }

  /** Writes the rest of the response in a flexible version. */
  flexible(): this {
    this.#isFlexible = true;
    return this;
  }

  #room(bytes: number): number {
    const at = this.#position;
    if (at + bytes > this.#buffer.length) {
      const used = this.#buffer.subarray(this.#start, at);
      if (used.length + bytes > MOST_BYTES)
        throw new RangeError(`received a request whose response is larger than ${MOST_BYTES} bytes`);
      const grown = Buffer.allocUnsafe(Math.max(Math.min(used.length * 2, MOST_BYTES), used.length + bytes));
      used.copy(grown);
      this.#buffer = grown;
      this.#start = 0;
      this.#position = used.length;
    }
    const room = this.#position;
    this.#position += bytes;
    return room;
  }

  int8(value: number): this {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
    return this;
  }

  int64(value: number): this {
    const at = this.#room(8);
    writeInt64(this.#buffer, value, at);
    return this;
  }

  /** UNSIGNED_VARINT of an integer from 0 to 2^32 − 1. */
  unsignedVarint(value: number): this {
    let left = value;
    while (left >= 0x80) {
      this.#uint8((left % 128) | 0x80);
      left = Math.floor(left / 128);
    }
    return this.#uint8(left);
  }

  #uint8(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = value;
    return this;
  }

  /** UUID, given as `Reader.uuid` reads it. */
  uuid(value: string): this {
    return this.#copy(Buffer.from(value, 'base64url'));
  }

  /** Ends a structure without tagged fields; does nothing where the version is not flexible. */
  tags(): this {
    return this.#isFlexible ? this.#uint8(0) : this;
  }

  /** STRING and NULLABLE_STRING. */
  string(value: string | null): this {
    if (value === null) return this.#isFlexible ? this.#uint8(0) : this.int16(-1);
    const length = Buffer.byteLength(value);
    if (this.#isFlexible) this.unsignedVarint(length + 1);
    else this.int16(length);
    const at = this.#room(length);
    this.#buffer.write(value, at);
    return this;
  }

  #longLength(length: number): this {
    return this.#isFlexible ? this.unsignedVarint(length + 1) : this.int32(length);
  }

  bytes(value: Buffer): this {
    this.#longLength(value.length);
    return value.length < COPY_BELOW ? this.#copy(value) : this.#refer(value);
  }

  /** ARRAY of numbers or strings; null where the version allows it. */
  array<T>(entries: readonly T[] | null, write: (entry: T) => void): this {
    this.#longLength(entries?.length ?? -1);
    for (const entry of entries ?? []) write(entry);
    return this;
  }

  /** ARRAY of structures, each of which ends with its tagged fields in a flexible version. */
  structs<T>(entries: readonly T[] | null, write: (entry: T) => void): this {
    return this.array(entries, (entry) => {
      write(entry);
      this.tags();
    });
  }

  #copy(value: Buffer): this {
    const at = this.#room(value.length);
    value.copy(this.#buffer, at);
    return this;
  }

  #refer(value: Buffer): this {
    const before = this.#buffer.subarray(this.#start, this.#position);
    this.#done.push(before, value);
    this.#doneBytes += before.length + value.length;
    this.#start = this.#position;
    return this;
  }

  /** Bytes of the whole frame, its size field included. */
  get length(): number {
    return this.#doneBytes + this.#position - this.#start;
  }

  /** Ends the frame, the tagged fields of its body included. @returns its pieces in order */
  finish(): Buffer[] {
    this.tags();
    const pieces = [...this.#done, this.#buffer.subarray(this.#start, this.#position)];
    pieces[0]?.writeInt32BE(this.length - 4, 0);
    return pieces;
  }
}
