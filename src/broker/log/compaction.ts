// Compaction of a partition with cleanup.policy=compact: of each key the record with the highest offset is kept, at its offset. A
// record without a value (a tombstone) stays for delete.retention.ms from the first pass over it, so that readers see the deletion:
// that pass stores the time when it may be removed, the delete horizon, as the base timestamp of its batch (KIP-534). Other batches
// that lose no record stay byte for byte; a rewritten batch is uncompressed and keeps its base and last offset. Records of aborted
// transactions are removed, and markers whose transaction has no record left, as late as a tombstone. A batch that can't be
// decompressed stays as it is, and makes no older record obsolete.
//   (https://kafka.apache.org/documentation/#compaction)

import { crc32c } from '../crc32c.ts';
import { crypto } from '../late.ts';
import { writeInt64 } from '../wire/int64.ts';
import type { DecidedTransactions } from './decided-transactions.ts';
import { decompress } from './decompress.ts';
import { forEachRecord, movedInTime } from './record.ts';
import {
  BATCH_HEADER,
  type BatchHeader,
  codecOf,
  DELETE_HORIZON,
  deleteHorizon,
  isControl,
  LENGTH_PREFIX,
  readHeader,
} from './record-batch.ts';

const CRC_AT = 17;
const CRC_START = 21;
const ATTRIBUTES_AT = 21;
const BASE_TIMESTAMP_AT = 27;
const RECORDS_AT = 57;
const CODECS = 0b111;
/** Limit of the keys of one pass; segments beyond it wait for the next one. */
export const MOST_KEYS = 500_000;

/** The highest offset of each key. */
export type LatestOffsets = Map<string, number>;

const HASH_BYTES = 64; // of SHA-512

/** A key as a string of at most 64 characters, as a key may have a megabyte: the key itself, or its hash where that is no longer. */
const nameOf = (key: Buffer): string =>
  key.length < HASH_BYTES
    ? key.toString('latin1')
    : crypto().createHash('sha512').update(key).digest('binary');

/** The decompressed records of a stored batch; undefined where they can't be decompressed, or are control records. */
function recordsOf(batch: Buffer): Buffer | undefined {
  const header = readHeader(batch, 0);
  if (isControl(header)) return undefined;
  const packed = batch.subarray(BATCH_HEADER);
  const codec = codecOf(header.attributes);
  return codec === 0 ? packed : (decompress(codec, packed) ?? undefined);
}

/** Whether a batch has a record without a key, which a compacted topic refuses; false where it can't be decompressed. */
export function hasNoKey(batch: Buffer): boolean {
  const records = recordsOf(batch);
  if (records === undefined) return false;
  let found = false;
  forEachRecord(records, readHeader(batch, 0).records, ({ key }) => {
    found ||= key === undefined;
  });
  return found;
}

/** Collects the offsets of a batch's keys. @returns false, with none collected, where they could exceed `mostKeys` */
export function noteKeys(
  batch: Buffer,
  latest: LatestOffsets,
  transactions: DecidedTransactions,
  mostKeys: number,
): boolean {
  const header = readHeader(batch, 0);
  if (transactions.isAborted(header)) return true;
  if (latest.size + header.records > mostKeys) return false;
  const records = recordsOf(batch);
  if (records === undefined) return true;
  forEachRecord(records, header.records, ({ key, offsetDelta }) => {
    if (key !== undefined) latest.set(nameOf(key), header.baseOffset + offsetDelta);
  });
  return true;
}

/** The time of a pass, and how long a tombstone stays after its first pass, ms. */
export type PassTime = {
  readonly now: number;
  readonly deleteRetentionMs: number;
};

/**
 * Removes the obsolete records of a batch, and sets the delete horizon of one that has tombstones, or is a marker, to be removed later.
 * @returns the same buffer where nothing changes, undefined where nothing is left
 */
export function compactBatch(
  batch: Buffer,
  latest: LatestOffsets,
  time: PassTime,
  transactions: DecidedTransactions,
): Buffer | undefined {
  const header = readHeader(batch, 0);
  if (isControl(header)) return transactions.isNeeded(header) ? batch : markerAt(batch, header, time);
  if (transactions.isAborted(header)) return undefined;
  const left = withoutObsolete(batch, header, latest, time);
  if (left !== undefined) transactions.leave(header);
  return left;
}

/** A marker whose transaction has no record left, with its delete horizon; undefined once that has passed. */
function markerAt(
  batch: Buffer,
  header: BatchHeader,
  { now, deleteRetentionMs }: PassTime,
): Buffer | undefined {
  const horizon = deleteHorizon(header);
  if (horizon === undefined) return rebuilt(batch, [batch.subarray(BATCH_HEADER)], now + deleteRetentionMs);
  return now < horizon ? batch : undefined;
}

function withoutObsolete(
  batch: Buffer,
  header: BatchHeader,
  latest: LatestOffsets,
  { now, deleteRetentionMs }: PassTime,
): Buffer | undefined {
  const records = recordsOf(batch);
  if (records === undefined) return batch;
  const horizon = deleteHorizon(header);
  const isOver = horizon !== undefined && now >= horizon;
  const kept: Buffer[] = [];
  let hasTombstone = false;
  forEachRecord(records, header.records, ({ key, value, offsetDelta, start, end }) => {
    if (key === undefined || (latest.get(nameOf(key)) ?? -1) > header.baseOffset + offsetDelta) return;
    if (value === undefined && isOver) return;
    hasTombstone ||= value === undefined;
    kept.push(records.subarray(start, end));
  });
  if (kept.length === 0) return undefined;
  const fresh = hasTombstone && horizon === undefined ? now + deleteRetentionMs : undefined;
  if (kept.length === header.records && fresh === undefined) return batch;
  return rebuilt(batch, kept, fresh);
}

/** The batch with the records that are left, and with a new delete horizon, ms, where there is one. */
function rebuilt(batch: Buffer, kept: readonly Buffer[], horizon?: number): Buffer {
  const { baseTimestamp, attributes } = readHeader(batch, 0);
  const timed =
    horizon === undefined ? kept : kept.map((record) => movedInTime(record, baseTimestamp - horizon));
  const made = Buffer.concat([batch.subarray(0, BATCH_HEADER), ...timed]);
  made.writeInt32BE(made.length - LENGTH_PREFIX, 8);
  made.writeInt16BE((attributes & ~CODECS) | (horizon === undefined ? 0 : DELETE_HORIZON), ATTRIBUTES_AT);
  if (horizon !== undefined) writeInt64(made, horizon, BASE_TIMESTAMP_AT);
  made.writeInt32BE(kept.length, RECORDS_AT);
  made.writeUInt32BE(crc32c(made.subarray(CRC_START)), CRC_AT);
  return made;
}
