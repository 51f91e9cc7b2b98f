// COPY … FROM STDIN in PostgreSQL's binary format (documentation, "COPY", "Binary Format"):
//   "PGCOPY\n\377\r\n\0"  int32 flags = 0  int32 header extension length = 0
//   per row: int16 number of fields, per field: int32 length (-1 for NULL), bytes
//   trailer: int16 -1
// In the binary format, ids and times are never converted to text. An enum's binary form is its label.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Client } from './pool.ts';

/** Signature, flags and header extension, and the field count of -1 that ends the data. */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
/** Milliseconds from 1970 to 2000, where PostgreSQL's timestamps begin. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 24 * 3_600_000;
/** PostgreSQL's first timestamp, 4714-11-24 BC, and the first one that is too late for it (MIN_TIMESTAMP and END_TIMESTAMP). */
const [FIRST_US, END_US] = [-211_813_488_000_000_000n, 9_223_371_331_200_000_000n];

/** Rows in COPY's binary format, in one growing buffer. Fields are written in the order of the columns. */
export class CopyRows {
  #buffer: Buffer;
  #view: DataView;
  #at: number;

  /** @param expectedBytes first size of the buffer, which grows @param header bytes before the fields */
  constructor(expectedBytes = 64 * 1024, header = COPY_HEADER) {
    this.#buffer = Buffer.allocUnsafe(Math.max(expectedBytes, 1024));
    this.#view = viewOf(this.#buffer);
    header.copy(this.#buffer);
    this.#at = header.length;
  }

  /** Bytes written, header included. */
  get length(): number {
    return this.#at;
  }

  /** Reads text back. @param from byte where it begins @param to byte behind it */
  textBetween(from: number, to: number): string {
    return this.#buffer.toString('utf8', from, to);
  }

  /** Begins a row. @param fields number of its fields */
  row(fields: number): this {
    this.#reserve(2);
    this.#view.setInt16(this.#at, fields);
    this.#at += 2;
    return this;
  }

  /** `uuid`. @param at where its 16 bytes begin */
  uuid(bytes: Uint8Array, at = 0): this {
    this.#length(16);
    for (let byte = 0; byte < 16; byte += 1) this.#buffer[this.#at + byte] = bytes[at + byte] ?? 0;
    this.#at += 16;
    return this;
  }

  /**
   * `timestamptz`. A time outside of its range is written so that PostgreSQL refuses it, as it refuses such a text.
   * @param ms milliseconds since the epoch; microseconds are kept until the year 2285
   */
  timestamp(ms: number): this {
    const us = Math.round((ms - EPOCH_2000_MS) * 1000);
    return Number.isSafeInteger(us) ? this.safeInteger(us) : this.bigint(farMicroseconds(ms));
  }

  /** `bigint`, of a safe integer. */
  safeInteger(value: number): this {
    this.#length(8);
    // Two halves, as a BigInt for every number costs more than the rest of the row. setInt32 takes the lower 32 bits
    // of any number.
    this.#view.setInt32(this.#at, Math.floor(value / 2 ** 32));
    this.#view.setInt32(this.#at + 4, value);
    this.#at += 8;
    return this;
  }

  /** `date`: the day in UTC. @param ms milliseconds since the epoch */
  date(ms: number): this {
    return this.integer(Math.floor((ms - EPOCH_2000_MS) / DAY_MS));
  }

  bigint(value: bigint): this {
    this.#length(8);
    this.#view.setBigInt64(this.#at, value);
    this.#at += 8;
    return this;
  }

  integer(value: number): this {
    this.#length(4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
    return this;
  }

  smallint(value: number): this {
    this.#length(2);
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
    return this;
  }

  /** Text, or the label of an enum. */
  text(value: string): this {
    return this.#text(value, 0);
  }

  /** `bytea`, or NULL of any type. */
  bytes(value: Buffer | null): this {
    if (value === null) {
      this.#reserve(4);
      this.#view.setInt32(this.#at, -1);
      this.#at += 4;
      return this;
    }
    this.#length(value.length);
    this.#at += value.copy(this.#buffer, this.#at);
    return this;
  }

  /**
   * `jsonb`, whose binary form is a version byte and the text.
   * @param json the text of a JSON value
   */
  jsonb(json: string): this {
    return this.#text(json, 1);
  }

  /**
   * Fields that are the same in many rows.
   * @param fields the result of fieldsOf()
   */
  prepared(fields: Uint8Array): this {
    this.#reserve(fields.length);
    for (let at = 0; at < fields.length; at += 1) this.#buffer[this.#at + at] = fields[at] ?? 0;
    this.#at += fields.length;
    return this;
  }

  /** What is written so far, header included: a view that stays as it is, also when more is written. */
  get written(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Ends the data with the trailer. @returns all of it */
  finish(): Buffer {
    this.#reserve(COPY_TRAILER.length);
    this.#at += COPY_TRAILER.copy(this.#buffer, this.#at);
    return this.#buffer.subarray(0, this.#at);
  }

  /** Encodes fields once, for prepared(). */
  static fieldsOf(write: (rows: CopyRows) => void): Uint8Array {
    const rows = new CopyRows();
    write(rows);
    return rows.#buffer.subarray(COPY_HEADER.length, rows.#at);
  }

  /** @param version what stands before the text, if not 0 */
  #text(value: string, version: 0 | 1): this {
    // UTF-8 takes at most three bytes for each UTF-16 unit; the length is known once the text is written.
    this.#reserve(4 + version + 3 * value.length);
    const start = this.#at + 4;
    if (version !== 0) this.#buffer[start] = version;
    const written = this.#buffer.write(value, start + version, 'utf8');
    this.#view.setInt32(this.#at, version + written);
    this.#at = start + version + written;
    return this;
  }

  #length(bytes: number): void {
    this.#reserve(4 + bytes);
    this.#view.setInt32(this.#at, bytes);
    this.#at += 4;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

/** Microseconds since 2000 of a time beyond safe integers; for one outside of PostgreSQL's range, a value that it refuses. */
function farMicroseconds(ms: number): bigint {
  if (!Number.isFinite(ms)) return ms < 0 ? FIRST_US - 1n : END_US;
  const us = (BigInt(Math.round(ms)) - BigInt(EPOCH_2000_MS)) * 1000n;
  if (us < FIRST_US) return FIRST_US - 1n;
  return us < END_US ? us : END_US;
}

const viewOf = ({ buffer, byteOffset, length }: Buffer) => new DataView(buffer, byteOffset, length);

/**
 * Copies finished rows into a table.
 * @param target table and columns, as in `events (order_id, …)`
 * @throws pg's error, such as 23505 for a key that exists already; no row is copied then
 */
export async function copyInto(client: Client, target: string, rows: CopyRows): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN (FORMAT binary)`));
  await pipeline(Readable.from([rows.finish()]), stream);
}
