// What compaction keeps of a partition whose topic says cleanup.policy=compact: of each key the record with the highest offset,
// at its offset. A record without a value (a tombstone) stays as long as the topic says, so that readers learn of the deletion.
// Batches that lose nothing stay byte for byte; others are written anew, unpacked, with their own base and last offset. Records
// of aborted transactions go, and so does a marker, as late as a tombstone, once its transaction has no record left. What can't be unpacked here (zstd before Node 22.15) stays as it is, and makes no older record obsolete.
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
/** Keys that one pass knows; what lies behind waits for the next one. */
const MOST_KEYS = 500_000;

/** Of each key the highest offset that has it. */
export type LatestOffsets = Map<string, number>;

const HASH_BYTES = 64; // of SHA-512

/** A key as a string of at most 64 characters, since it may be a megabyte: itself, or where it is as long as a hash or longer, its hash. */
const nameOf = (key: Buffer): string =>
  key.length < HASH_BYTES ? key.toString('latin1') : createHash('sha512').update(key).digest('binary');

/** The records of a stored batch; undefined where they can't be unpacked, or are the broker's own. */
function recordsOf(batch: Buffer): Buffer | undefined {
  const header = readHeader(batch, 0);
  if (isControl(header)) return undefined;
  const packed = batch.subarray(BATCH_HEADER);
  const codec = codecOf(header.attributes);
  return codec === 0 ? packed : (decompress(codec, packed) ?? undefined);
}

/** Whether a batch has a record without a key, which a compacted topic refuses; false where that can't be seen. */
export function hasNoKey(batch: Buffer): boolean {
  const records = recordsOf(batch);
  if (records === undefined) return false;
  let found = false;
  forEachRecord(records, readHeader(batch, 0).records, ({ key }) => {
    found ||= key === undefined;
  });
  return found;
}

/** Notes the offsets of a batch's keys. @returns false where there is no room for more keys: the batch is not noted */
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
 * What is left of a batch.
 * @param dropTombstones whether records without a value, and markers, have been there for long enough
 * @returns the same buffer where all of it is left, undefined where nothing is
 */
export function compactBatch(
  batch: Buffer,
  latest: LatestOffsets,
  dropTombstones: boolean,
  transactions: DecidedTransactions,
): Buffer | undefined {
  const header = readHeader(batch, 0);
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
