// Compaction of a partition with cleanup.policy=compact: it keeps of each key the record with the highest offset, at its offset. A
// record without a value (a tombstone) stays for delete.retention.ms, so that readers see the deletion. Batches that lose no
// record stay byte for byte; others are rewritten, uncompressed, with their own base and last offset. Records of aborted
// transactions are removed, and, as late as a tombstone, markers whose transaction has no record left. A batch that can't be
// decompressed (zstd before Node 22.15) stays as it is, and makes no older record obsolete.
//   (https://kafka.apache.org/documentation/#compaction)

import { createHash } from 'node:crypto';
import { crc32c } from '../crc32c.ts';
import type { DecidedTransactions } from './decided-transactions.ts';
import { decompress } from './decompress.ts';
import { forEachRecord, type RecordPlace } from './record.ts';
import {
  BATCH_HEADER,
  type BatchHeader,
  codecOf,
  isControl,
  LENGTH_PREFIX,
  readHeader,
} from './record-batch.ts';

const CRC_AT = 17;
const CRC_START = 21;
const ATTRIBUTES_AT = 21;
const RECORDS_AT = 57;
const CODECS = 0b111;
/** Limit of the keys of one pass; records beyond it wait for the next one. */
const MOST_KEYS = 500_000;

/** The highest offset of each key. */
export type LatestOffsets = Map<string, number>;

const HASH_BYTES = 64; // of SHA-512

/** A key as a string of at most 64 characters, as a key may have a megabyte: itself, or its hash where it is not shorter. */
const nameOf = (key: Buffer): string =>
  key.length < HASH_BYTES ? key.toString('latin1') : createHash('sha512').update(key).digest('binary');

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

/** Collects the offsets of a batch's keys. @returns false, without any of them, where they would exceed MOST_KEYS */
export function noteKeys(batch: Buffer, latest: LatestOffsets, transactions: DecidedTransactions): boolean {
  const header = readHeader(batch, 0);
  if (transactions.isAborted(header)) return true;
  if (latest.size + header.records > MOST_KEYS) return false;
  const records = recordsOf(batch);
  if (records === undefined) return true;
  forEachRecord(records, header.records, ({ key, offsetDelta }) => {
    if (key !== undefined) latest.set(nameOf(key), header.baseOffset + offsetDelta);
  });
  return true;
}

/**
 * Removes the obsolete records of a batch.
 * @param tombstonesBefore time in ms: the retention of tombstones and markers in older batches is over
 * @returns the same buffer where no record is obsolete, undefined where all are
 */
export function compactBatch(
  batch: Buffer,
  latest: LatestOffsets,
  tombstonesBefore: number,
  transactions: DecidedTransactions,
): Buffer | undefined {
  const header = readHeader(batch, 0);
  const dropTombstones = header.maxTimestamp < tombstonesBefore;
  if (isControl(header)) return transactions.isNeeded(header) || !dropTombstones ? batch : undefined;
  if (transactions.isAborted(header)) return undefined;
  const left = withoutObsolete(batch, header, latest, dropTombstones);
  if (left !== undefined) transactions.leave(header);
  return left;
}

function withoutObsolete(
  batch: Buffer,
  header: BatchHeader,
  latest: LatestOffsets,
  dropTombstones: boolean,
): Buffer | undefined {
  const records = recordsOf(batch);
  if (records === undefined) return batch;
  const kept: Buffer[] = [];
  const isKept = ({ key, value, offsetDelta }: RecordPlace): boolean => {
    if (key === undefined) return false;
    if ((latest.get(nameOf(key)) ?? -1) > header.baseOffset + offsetDelta) return false;
    return value !== undefined || !dropTombstones;
  };
  forEachRecord(records, header.records, (place) => {
    if (isKept(place)) kept.push(records.subarray(place.start, place.end));
  });
  if (kept.length === header.records) return batch;
  return kept.length === 0 ? undefined : rebuilt(batch, kept);
}

function rebuilt(batch: Buffer, kept: readonly Buffer[]): Buffer {
  const made = Buffer.concat([batch.subarray(0, BATCH_HEADER), ...kept]);
  made.writeInt32BE(made.length - LENGTH_PREFIX, 8);
  made.writeInt16BE(made.readInt16BE(ATTRIBUTES_AT) & ~CODECS, ATTRIBUTES_AT);
  made.writeInt32BE(kept.length, RECORDS_AT);
  made.writeUInt32BE(crc32c(made.subarray(CRC_START)), CRC_AT);
  return made;
}
