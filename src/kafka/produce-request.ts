// Writes produce requests into one buffer. kafkajs 2.2.4 allocates a buffer for each record and each of its headers, and computes
// CRC-32C byte by byte in JavaScript (protocol/recordBatch), which takes several times as long as everything else that a producer
// does. The bytes are the same. Compressed batches are left to kafkajs.
//
// RecordBatch => baseOffset int64, length int32, leaderEpoch int32, magic int8, crc uint32, attributes int16,
//   lastOffsetDelta int32, baseTimestamp int64, maxTimestamp int64, producerId int64, producerEpoch int16,
//   baseSequence int32, records int32 [Record]
// Record => length varint, attributes int8, timestampDelta varlong, offsetDelta varint, key, value: varint and bytes,
//   headers varint [key, value: varint and bytes]            (kafka.apache.org/documentation/#messageformat)

import { createRequire } from 'node:module';
import { crc32c } from '@node-rs/crc32';

const require = createRequire(import.meta.url);
const REQUEST = 'kafkajs/src/protocol/requests/produce/v3/request.js';

/** Bytes of a batch that its length field does not count, and the position of its checksum, which covers everything after it. */
const LENGTH_PREFIX = 12;
const CRC_AT = 17;
const MAGIC = 2;
const IN_TRANSACTION = 16;
const NO_PRODUCER = -1;
const FIRST_BYTES = 4 * 1024;
/** Bytes of 2^53 as a varint, up to which every integer is exact. */
const LONGEST_VARINT = 8;

type Bytes = string | Buffer | null | undefined;
type ProducedMessage = {
  readonly key?: Bytes;
  readonly value: Bytes;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
  readonly timestamp?: string | number | null;
};
type PartitionData = {
  readonly partition: number;
  readonly messages: readonly ProducedMessage[];
  readonly firstSequence?: number;
};
type ProduceRequest = {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: unknown;
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionData[] }[];
};
/** The part of kafkajs's Encoder that its caller uses. */
type Encoded = { readonly buf: Buffer; readonly buffer: Buffer; size(): number };
type Encodable = { encode(): Promise<Encoded> };
type MakeRequest = ((request: ProduceRequest) => Encodable) & { readonly atOnce?: true };

/** Patches kafkajs to write its produce requests in this way; for the whole process, before its first one. */
export function writeBatchesAtOnce(): void {
  const make: MakeRequest = require(REQUEST);
  if (make.atOnce === true) return;
  const making = (request: ProduceRequest): Encodable => {
    const theirs = make(request);
    return (request.compression ?? 0) === 0
      ? { ...theirs, encode: async () => encoded(writeRequest(request)) }
      : theirs;
  };
  const cached = require.cache[require.resolve(REQUEST)];
  if (cached !== undefined) cached.exports = Object.assign(making, { atOnce: true as const });
}

const encoded = (bytes: Buffer): Encoded => ({ buf: bytes, buffer: bytes, size: () => bytes.length });

function writeRequest(request: ProduceRequest): Buffer {
  const { acks, timeout, transactionalId, topicData } = request;
  const now = Date.now();
  const writer = new Writer();
  writer.shortString(transactionalId);
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    writer.shortString(topic);
    writer.int32(partitions.length);
    for (const data of partitions) {
      writer.int32(data.partition);
      const sizeAt = writer.at;
      writer.int32(0);
      writeBatch(writer, data, request, now);
      writer.bytes.writeInt32BE(writer.at - sizeAt - 4, sizeAt);
    }
  }
  return writer.written;
}

function writeBatch(writer: Writer, data: PartitionData, request: ProduceRequest, now: number): void {
  const { messages, firstSequence = 0 } = data;
  const { transactionalId, producerId = NO_PRODUCER, producerEpoch = 0 } = request;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const message of messages) {
    const time = timeOf(message, now);
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  const start = writer.at;
  writer.int64(0n);
  writer.int32(0);
  writer.int32(0);
  writer.int8(MAGIC);
  writer.int32(0);
  writer.int16(transactionalId == null ? 0 : IN_TRANSACTION);
  writer.int32(messages.length - 1);
  writer.int64(BigInt(first));
  writer.int64(BigInt(last));
  writer.int64(BigInt(String(producerId)));
  writer.int16(producerEpoch);
  writer.int32(firstSequence);
  writer.int32(messages.length);
  for (const [index, message] of messages.entries())
    writeRecord(writer, message, timeOf(message, now) - first, index);
  const batch = writer.written.subarray(start);
  batch.writeInt32BE(batch.length - LENGTH_PREFIX, LENGTH_PREFIX - 4);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_AT + 4)), CRC_AT);
}

const timeOf = ({ timestamp }: ProducedMessage, now: number): number => (timestamp ? Number(timestamp) : now);

function writeRecord(writer: Writer, message: ProducedMessage, sinceFirst: number, index: number): void {
  const { key, value } = message;
  const [keyLength, valueLength] = [lengthOf(key), lengthOf(value)];
  // Names and values alternate.
  const headers = headersOf(message);
  const lengths = headers.map(lengthOf);
  let size = 1 + varintSize(sinceFirst) + varintSize(index) + fieldSize(keyLength) + fieldSize(valueLength);
  size += varintSize(headers.length / 2);
  for (const length of lengths) size += fieldSize(length);
  writer.varint(size);
  writer.int8(0);
  writer.varint(sinceFirst);
  writer.varint(index);
  writer.field(key, keyLength);
  writer.field(value, valueLength);
  writer.varint(headers.length / 2);
  for (const [place, field] of headers.entries()) writer.field(field, lengths[place] ?? 0);
}

function headersOf({ headers = {} }: ProducedMessage): Bytes[] {
  const fields: Bytes[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (isList(value)) for (const one of value) fields.push(name, one);
    else fields.push(name, value);
  }
  return fields;
}

const isList = (value: Bytes | readonly Bytes[]): value is readonly Bytes[] => Array.isArray(value);

/** Bytes of a value; -1 for null. */
function lengthOf(bytes: Bytes): number {
  if (bytes == null) return -1;
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}

/** Bytes of a field, its length included. */
const fieldSize = (length: number): number => (length < 0 ? 1 : varintSize(length) + length);

/** Bytes of a number from 0 in zigzag encoding. */
function varintSize(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 127; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** A buffer that grows. */
class Writer {
  bytes = Buffer.allocUnsafe(FIRST_BYTES);
  at = 0;

  get written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  int8(value: number): void {
    this.#room(1);
    this.at = this.bytes.writeInt8(value, this.at);
  }

  int16(value: number): void {
    this.#room(2);
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.#room(4);
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.#room(8);
    this.at = this.bytes.writeBigInt64BE(value, this.at);
  }

  shortString(text: string | null | undefined): void {
    this.int16(text == null ? -1 : Buffer.byteLength(text));
    if (text != null) this.#append(text, Buffer.byteLength(text));
  }

  /** A number from 0, or -1, in zigzag encoding. */
  varint(value: number): void {
    this.#room(LONGEST_VARINT);
    let rest = value < 0 ? 1 : value * 2;
    while (rest > 127) {
      this.bytes[this.at] = (rest % 128) + 128;
      this.at += 1;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at] = rest;
    this.at += 1;
  }

  /** @param length as lengthOf() has it */
  field(bytes: Bytes, length: number): void {
    this.varint(length);
    if (bytes != null) this.#append(bytes, length);
  }

  #append(bytes: string | Buffer, length: number): void {
    this.#room(length);
    if (typeof bytes !== 'string') bytes.copy(this.bytes, this.at);
    // With as many bytes as characters the text is ASCII, and latin1 is faster.
    else this.bytes.write(bytes, this.at, length === bytes.length ? 'latin1' : 'utf8');
    this.at += length;
  }

  #room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.at + more));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
