// Writes the primitive types of the Kafka protocol into one answer: a frame's size, its correlation id and the
// body. Large byte runs (records) are kept by reference, so that they go from the file to the socket without a
// copy; everything else goes through one growing buffer.

import { writeInt64 } from './int64.ts';

const COPY_BELOW = 4096;

export class Writer {
  #done: Buffer[] = [];
  #doneBytes = 0;
  #buffer: Buffer;
  #start = 0;
  #position = 0;

  /** Opens an answer to the request with `correlationId`; `sizeHint` spares growing. */
  constructor(correlationId: number, sizeHint = 256) {
    this.#buffer = Buffer.allocUnsafe(sizeHint);
    this.#position = 4; // the size is known at the end
    this.int32(correlationId);
  }

  #room(bytes: number): number {
    const at = this.#position;
    if (at + bytes > this.#buffer.length) {
      const used = this.#buffer.subarray(this.#start, at);
      const grown = Buffer.allocUnsafe(Math.max(used.length * 2, used.length + bytes));
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

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const length = Buffer.byteLength(value);
    this.int16(length);
    const at = this.#room(length);
    this.#buffer.write(value, at);
    return this;
  }

  bytes(value: Buffer): this {
    this.int32(value.length);
    return value.length < COPY_BELOW ? this.#copy(value) : this.#refer(value);
  }

  array<T>(entries: readonly T[], write: (entry: T) => void): this {
    this.int32(entries.length);
    for (const entry of entries) write(entry);
    return this;
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

  /** Closes the frame and hands out its pieces, in order. */
  finish(): Buffer[] {
    const pieces = [...this.#done, this.#buffer.subarray(this.#start, this.#position)];
    pieces[0]?.writeInt32BE(this.length - 4, 0);
    return pieces;
  }
}
