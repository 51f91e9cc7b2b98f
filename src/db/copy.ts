// COPY … FROM STDIN in PostgreSQL's binary format (documentation, "COPY", "Binary Format"):
//   "PGCOPY\n\377\r\n\0"  int32 flags = 0  int32 header extension length = 0
//   per row: int16 number of fields, per field: int32 length (-1 for NULL), bytes
//   trailer: int16 -1
// Binary spares both sides the text form of ids and times. An enum's binary form is its label.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Client } from './pool.ts';

const HEADER = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex');
/** Microseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);

/** Rows in COPY's binary format, in one growing buffer. Fields are written in the order of the columns. */
export class CopyRows {
  #buffer: Buffer;
  #at: number;

  constructor(expectedBytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(Math.max(expectedBytes, 1024));
    HEADER.copy(this.#buffer);
    this.#at = HEADER.length;
  }

  row(fields: number): this {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(fields, this.#at);
    return this;
  }

  /** @param hex 32 hex digits */
  uuid(hex: string): this {
    this.#length(16);
    this.#at += this.#buffer.write(hex, this.#at, 16, 'hex');
    return this;
  }

  /** @param ms milliseconds since the epoch */
  timestamp(ms: number): this {
    const micros = Math.round((ms - EPOCH_2000_MS) * 1000);
    this.#length(8);
    // Two halves: a BigInt for every time would cost more than the rest of the row.
    this.#at = this.#buffer.writeInt32BE(Math.floor(micros / 2 ** 32), this.#at);
    this.#at = this.#buffer.writeUInt32BE(((micros % 2 ** 32) + 2 ** 32) % 2 ** 32, this.#at);
    return this;
  }

  bigint(value: bigint): this {
    this.#length(8);
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
    return this;
  }

  integer(value: number): this {
    this.#length(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
    return this;
  }

  smallint(value: number): this {
    this.#length(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
    return this;
  }

  /** Text, or the label of an enum. */
  text(value: string): this {
    const length = Buffer.byteLength(value);
    this.#length(length);
    this.#at += this.#buffer.write(value, this.#at, length, 'utf8');
    return this;
  }

  bytes(value: Buffer | null): this {
    if (value === null) {
      this.#reserve(4);
      this.#at = this.#buffer.writeInt32BE(-1, this.#at);
      return this;
    }
    this.#length(value.length);
    this.#at += value.copy(this.#buffer, this.#at);
    return this;
  }

  /** `jsonb` travels as a version byte and the text. */
  jsonb(value: unknown): this {
    return this.text(`\u0001${JSON.stringify(value)}`);
  }

  /** The whole message, trailer included. */
  finish(): Buffer {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(-1, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  #length(bytes: number): void {
    this.#reserve(4 + bytes);
    this.#at = this.#buffer.writeInt32BE(bytes, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

/**
 * Copies finished rows into a table.
 * @param target table and columns, as in `events (order_id, …)`
 * @throws pg's error, for example 23505 where a unique key is there already: none of the rows is then
 */
export async function copyInto(client: Client, target: string, rows: CopyRows): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from([rows.finish()]), stream);
}
