// The record batch (message format v2), read and patched as bytes: a batch is stored as its producer sent it, compressed or
// not, except for two fields before the checksum. Message formats v0 and v1 are not supported, as the API versions that
// store records do not carry them.
//
//   RecordBatch => baseOffset batchLength partitionLeaderEpoch magic crc attributes lastOffsetDelta
//                  baseTimestamp maxTimestamp producerId producerEpoch baseSequence [Record]
//     baseOffset, baseTimestamp, maxTimestamp, producerId => INT64
//     batchLength (of all that follows it), partitionLeaderEpoch, lastOffsetDelta, baseSequence => INT32
//     magic => INT8   crc => UINT32, CRC-32C of all that follows it   attributes, producerEpoch => INT16
//   (https://kafka.apache.org/documentation/#recordbatch)

import { crc32c } from '../crc32c.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import { readInt64, writeInt64 } from '../wire/int64.ts';
import { recordsAreWhole } from './record.ts';

/** Bytes of a batch before its first record. */
export const BATCH_HEADER = 61;
/** Bytes of a batch that its length field does not count. */
export const LENGTH_PREFIX = 12;
const CRC_START = 21;
const CODECS = 0b111;
const HIGHEST_CODEC = 4;
/** Bits of a batch's attributes. */
export const TRANSACTIONAL = 1 << 4;
export const CONTROL = 1 << 5;
/** The base timestamp is the time in ms from which on tombstones and a marker may be removed (KIP-534). */
export const DELETE_HORIZON = 1 << 6;
const APPEND_TIME = 1 << 3;
const NO_TIME = -1;

export type BatchHeader = {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Bytes of the whole batch. */
  readonly size: number;
  readonly attributes: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly records: number;
};

export const isTransactional = ({ attributes }: BatchHeader): boolean => (attributes & TRANSACTIONAL) !== 0;
export const isControl = ({ attributes }: BatchHeader): boolean => (attributes & CONTROL) !== 0;

/** Time in ms from which on the batch's tombstones, or the marker it is, may be removed; undefined until compaction has set it. */
export function deleteHorizon({ attributes, baseTimestamp }: BatchHeader): number | undefined {
  return (attributes & DELETE_HORIZON) !== 0 ? baseTimestamp : undefined;
}

/** Reads the header at `at`; the caller has checked that BATCH_HEADER bytes are there. */
export function readHeader(buffer: Buffer, at: number): BatchHeader {
  const baseOffset = readInt64(buffer, at);
  return {
    baseOffset,
    lastOffset: baseOffset + buffer.readInt32BE(at + 23),
    size: batchSize(buffer, at),
    attributes: buffer.readInt16BE(at + 21),
    baseTimestamp: readInt64(buffer, at + 27),
    maxTimestamp: readInt64(buffer, at + 35),
    producerId: readInt64(buffer, at + 43),
    producerEpoch: buffer.readInt16BE(at + 51),
    baseSequence: buffer.readInt32BE(at + 53),
    records: buffer.readInt32BE(at + 57),
  };
}

/** Bytes of the whole batch at `at` by its length field. */
export function batchSize(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at + 8) + LENGTH_PREFIX;
}

/** The bytes read from a log are not those that were stored. */
export class DamagedLog extends RangeError {
  override readonly name = 'DamagedLog';
}

/** As `batchSize`, of a stored batch. @throws {DamagedLog} where the size is impossible, and a loop over batches would not end */
export function storedSize(buffer: Buffer, at: number): number {
  const size = batchSize(buffer, at);
  if (size >= BATCH_HEADER) return size;
  throw new DamagedLog(`damaged log: received a batch of ${size} bytes, expected at least ${BATCH_HEADER}`);
}

/** Offset after the batch at `at`. */
export function nextOffset(buffer: Buffer, at: number): number {
  return readInt64(buffer, at) + buffer.readInt32BE(at + 23) + 1;
}

/** The codec's number in the attributes: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
export function codecOf(attributes: number): number {
  return attributes & CODECS;
}

/** Whether the checksum of the batch of `size` bytes at `at` is right. */
export function crcIsRight(buffer: Buffer, at: number, size: number): boolean {
  return crc32c(buffer.subarray(at + CRC_START, at + size)) === buffer.readUInt32BE(at + 17);
}

/** Sets the base offset and the leader epoch, which the checksum does not cover. */
export function stamp(batch: Buffer, baseOffset: number, leaderEpoch: number): void {
  writeInt64(batch, baseOffset, 0);
  batch.writeInt32BE(leaderEpoch, 12);
}

/** Gives the batch the time of its append, in ms (message.timestamp.type=LogAppendTime). */
export function stampTime(batch: Buffer, now: number): void {
  batch.writeInt16BE(batch.readInt16BE(21) | APPEND_TIME, 21);
  writeInt64(batch, now, 35);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_START)), 17);
}

/** Whether all records of the batch have its maximum timestamp, which is the time of its append. */
export function hasAppendTime({ attributes }: Pick<BatchHeader, 'attributes'>): boolean {
  return (attributes & APPEND_TIME) !== 0;
}

export type ProducedLimits = {
  readonly maxMessageBytes: number;
  /** Whether the broker's time will replace the producer's. */
  readonly isAppendTimed: boolean;
  /** How far before and after `now` the batch's times may lie, ms. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
};

/** Validates a producer's bytes: exactly one whole batch, of a kind that this broker stores. `now` in ms. */
export function checkProduced(batch: Buffer, limits: ProducedLimits, now: number): ErrorCode {
  if (batch.length < LENGTH_PREFIX + 5) return ErrorCode.CORRUPT_MESSAGE;
  if (batch.readInt8(16) !== 2) return ErrorCode.INVALID_RECORD;
  if (batch.length < BATCH_HEADER) return ErrorCode.CORRUPT_MESSAGE;
  const size = batchSize(batch, 0);
  if (size !== batch.length) {
    return size >= BATCH_HEADER && size < batch.length ? ErrorCode.INVALID_RECORD : ErrorCode.CORRUPT_MESSAGE;
  }
  if (size > limits.maxMessageBytes) return ErrorCode.MESSAGE_TOO_LARGE;
  if (!crcIsRight(batch, 0, size)) return ErrorCode.CORRUPT_MESSAGE;
  return checkContents(batch, limits.isAppendTimed || isTimely(batch, limits, now));
}

/** Judges the header's timestamps: that of the first record, which may be missing (−1), and the latest one. */
function isTimely(
  batch: Buffer,
  { timestampBeforeMaxMs, timestampAfterMaxMs }: ProducedLimits,
  now: number,
): boolean {
  const first = readInt64(batch, 27);
  if (first !== NO_TIME && first < now - timestampBeforeMaxMs) return false;
  return readInt64(batch, 35) <= now + timestampAfterMaxMs;
}

function checkContents(batch: Buffer, isInTime: boolean): ErrorCode {
  const attributes = batch.readInt16BE(21);
  const records = batch.readInt32BE(57);
  if (attributes & CONTROL) return ErrorCode.INVALID_RECORD;
  if (codecOf(attributes) > HIGHEST_CODEC) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
  if (!isInTime) return ErrorCode.INVALID_TIMESTAMP;
  if (records < 1 || batch.readInt32BE(23) !== records - 1) return ErrorCode.INVALID_RECORD;
  if (codecOf(attributes) === 0 && !recordsAreWhole(batch, BATCH_HEADER, records))
    return ErrorCode.INVALID_RECORD;
  return ErrorCode.NONE;
}
