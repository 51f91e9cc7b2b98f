// Reads the records of a batch (message format v2), in place of kafkajs 2.2.4: its time grows with the square of a record's headers, and
// it trusts the batch's record count and the records' offsets. Anything that violates the format throws. Pure.
//
//   Batch  baseOffset int64, length int32, leaderEpoch int32, magic int8, crc int32, attributes int16, lastOffsetDelta int32,
//          baseTimestamp int64, maxTimestamp int64, producerId int64, producerEpoch int16, baseSequence int32, records int32
//   Record length varint, attributes int8, timestampDelta varlong, offsetDelta varint, key and value: varint and bytes,
//          headers varint [key, value: varint and bytes]            (kafka.apache.org/documentation/#messageformat)

import { ByteCursor } from './byte-cursor.ts';

/** Bytes of a batch before its records. */
export const HEADER_BYTES = 61;
/**
 * Limit of the records of one batch and their headers, each of which becomes an object. A batch of events stays below it: an event
 * takes about 270 bytes, and a batch decompresses to 64 MB at most.
 */
export const MOST_PIECES = 250_000;

const APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** A record as kafkajs delivers it. */
export type Message = {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | null | readonly (Buffer | null)[]>>;
  readonly isControlRecord: boolean;
  /** As far as kafkajs uses it. */
  readonly batchContext: object;
};

/**
 * Reads all records of a batch.
 * @param batch from its header on
 * @param bytes its records, uncompressed
 * @throws {RangeError} saying what was received and what was expected
 */
export function readRecords(batch: Buffer, bytes: Buffer): Message[] {
  const attributes = batch.readInt16BE(21);
  const lastOffsetDelta = batch.readInt32BE(23);
  const [baseOffset, baseTimestamp] = [batch.readBigInt64BE(0), batch.readBigInt64BE(27)];
  const maxTimestamp = batch.readBigInt64BE(35).toString();
  const isControlRecord = (attributes & CONTROL) !== 0;
  const batchContext = {
    producerId: batch.readBigInt64BE(43).toString(),
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
    isControlBatch: isControlRecord,
  };
  const count = batch.readInt32BE(57);
  const cursor = new ByteCursor(bytes);
  const pieces = new Allowance(MOST_PIECES, 'records and headers');
  pieces.take(count);
  const messages: Message[] = [];
  let least = 0;
  while (messages.length < count) {
    const end = cursor.endOf(cursor.varint());
    const ownAttributes = cursor.int8();
    const timestamp = BigInt.asIntN(64, baseTimestamp + cursor.varlong()).toString();
    const delta = cursor.varint();
    if (delta < least || delta > lastOffsetDelta)
      throw new RangeError(
        `received a record at offset ${delta} of its batch, expected ${least} to ${lastOffsetDelta}`,
      );
    least = delta + 1;
    messages.push({
      magicByte: 2,
      attributes: ownAttributes,
      timestamp: (attributes & APPEND_TIME) === 0 ? timestamp : maxTimestamp,
      offset: (baseOffset + BigInt(delta)).toString(),
      key: cursor.field(),
      value: cursor.field(),
      headers: readHeaders(cursor, pieces),
      isControlRecord,
      batchContext,
    });
    if (cursor.at !== end)
      throw new RangeError(`received a record that ends at byte ${cursor.at}, expected ${end} by its length`);
  }
  if (cursor.at !== bytes.length)
    throw new RangeError(`received ${bytes.length - cursor.at} bytes after the last record, expected none`);
  return messages;
}

function readHeaders(cursor: ByteCursor, pieces: Allowance): Message['headers'] {
  const count = cursor.varint();
  if (count === 0) return {};
  pieces.take(count);
  const headers = new Map<string, (Buffer | null)[]>();
  for (let index = 0; index < count; index += 1) {
    const key = (cursor.field() ?? '').toString();
    const known = headers.get(key);
    if (known === undefined) headers.set(key, [cursor.field()]);
    else known.push(cursor.field());
  }
  // Not by assignment: a header may be named __proto__.
  return Object.fromEntries(
    [...headers].map(([key, values]) => [key, values.length === 1 ? (values[0] as Buffer | null) : values]),
  );
}

/** A limit of what one batch may contain, taken from before it is allocated. */
class Allowance {
  readonly #most: number;
  readonly #what: string;
  #taken = 0;

  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  take(count: number): void {
    this.#taken += count;
    if (count < 0 || this.#taken > this.#most)
      throw new RangeError(
        `received ${count < 0 ? count : this.#taken} ${this.#what}, expected at most ${this.#most}`,
      );
  }
}
