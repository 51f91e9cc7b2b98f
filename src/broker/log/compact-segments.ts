// A pass of compaction over the closed segments of a partition: first the latest offset of each key is collected, then each
// segment is rewritten without obsolete records beside the old file, synced, and swapped in. Memory is bounded by the number of
// keys. The work is done in slices with a pause after each, so that appends and reads go on.

import { closeSync, fsync, openSync, rmSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { compactBatch, type LatestOffsets, noteKeys } from './compaction.ts';
import type { DecidedTransactions } from './decided-transactions.ts';
import { isControl, LENGTH_PREFIX, readHeader, storedSize } from './record-batch.ts';
import { Contents } from './recovery.ts';
import type { Seal, SealedState } from './seal.ts';
import type { Segment } from './segment.ts';
import type { TopicConfig } from './topic-config.ts';
import { AbortedTransactions } from './transactions.ts';

/** Suffix of a rewritten file before it is swapped in. */
export const CLEANED = '.cleaned';

const SLICE_BYTES = 128 * 1024;

export type Driver = {
  /** The decided transactions with records in the segments. */
  readonly transactions: DecidedTransactions;
  /** Awaited between slices; true ends the pass. */
  pause(): Promise<boolean>;
  /** Swaps a synced file, whose contents are `found`, for a segment's. */
  replace(segment: Segment, file: string, found: Omit<Seal, keyof SealedState>): void;
};

/**
 * Makes a pass, where enough of the log is new.
 * @param closed all closed segments that may be compacted, in order
 * @param cleanedTo the offset that earlier passes have reached
 * @returns `cleanedTo` for the next pass
 */
export async function compactSegments(
  closed: readonly Segment[],
  cleanedTo: number,
  config: TopicConfig,
  now: number,
  driver: Driver,
): Promise<number> {
  const isNew = ({ baseOffset }: Segment) => baseOffset >= cleanedTo;
  const bytes = (segments: readonly Segment[]) => segments.reduce((sum, { size }) => sum + size, 0);
  const fresh = closed.filter((segment) => isNew(segment) && segment.size > 0);
  if (fresh.length === 0 || bytes(fresh) < bytes(closed) * config.minCleanableDirtyRatio) return cleanedTo;
  const latest: LatestOffsets = new Map();
  const noted = await noteSegments(fresh, latest, driver);
  if (noted === undefined) return cleanedTo;
  for (const segment of closed) {
    if (segment.baseOffset >= noted) break;
    const dropTombstones = !isNew(segment) && segment.maxTimestamp < now - config.deleteRetentionMs;
    if (!(await rewrite(segment, latest, dropTombstones, driver))) return cleanedTo;
  }
  return noted;
}

/** Collects the keys of whole segments. @returns the offset after them; undefined where the pass was ended */
async function noteSegments(
  segments: readonly Segment[],
  latest: LatestOffsets,
  driver: Driver,
): Promise<number | undefined> {
  let noted: number | undefined;
  for (const segment of segments) {
    for await (const batches of slicesOf(segment, driver)) {
      if (batches === undefined) return undefined;
      // A segment whose keys are only partly collected may be compacted too, as the collected offsets are right.
      for (const batch of batches)
        if (!noteKeys(batch, latest, driver.transactions)) return noted ?? segment.nextOffset;
    }
    noted = segment.nextOffset;
  }
  return noted;
}

/** @returns false where the pass was ended */
async function rewrite(
  segment: Segment,
  latest: LatestOffsets,
  dropTombstones: boolean,
  driver: Driver,
): Promise<boolean> {
  const file = `${segment.path}.log${CLEANED}`;
  const fd = openSync(file, 'w');
  const contents = new Contents(segment.baseOffset);
  const markers = new Set<number>();
  let isChanged = false;
  let isWhole = false;
  try {
    for await (const batches of slicesOf(segment, driver)) {
      if (batches === undefined) return false;
      const left = batches.flatMap((batch) => {
        const kept = compactBatch(batch, latest, dropTombstones, driver.transactions);
        isChanged ||= kept !== batch;
        return kept ?? [];
      });
      for (const header of left.map((batch) => readHeader(batch, 0))) {
        contents.add(header);
        if (isControl(header)) markers.add(header.lastOffset);
      }
      writeWhole(fd, Buffer.concat(left));
    }
    if (isChanged) await promisify(fsync)(fd);
    if (await driver.pause()) return false;
    isWhole = true;
  } finally {
    closeSync(fd);
    if (!isWhole || !isChanged) rmSync(file, { force: true });
  }
  const { size, nextOffset, maxTimestamp, index } = contents;
  const aborted = withMarkers(segment.aborted, markers);
  if (isChanged) driver.replace(segment, file, { size, nextOffset, maxTimestamp, index, aborted });
  return true;
}

/** Drops the aborted transactions whose markers are gone, as a reader would wait for their end. */
function withMarkers(aborted: AbortedTransactions, markers: ReadonlySet<number>): AbortedTransactions {
  const left = new AbortedTransactions();
  for (const one of aborted.all()) if (markers.has(one.lastOffset)) left.add(one);
  return left;
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** The batches of a segment in slices; yields undefined, and ends, where the pass is ended. */
async function* slicesOf(segment: Segment, driver: Driver): AsyncGenerator<Buffer[] | undefined> {
  for (let position = 0; position < segment.size; ) {
    const batches = batchesAt(segment, position);
    yield batches;
    for (const { length } of batches) position += length;
    if (!(await driver.pause())) continue;
    yield undefined;
    return;
  }
}

/** Whole batches from a position, of about the size of a slice, at least one. */
function batchesAt(segment: Segment, position: number): Buffer[] {
  const bytes = segment.readAt(position, SLICE_BYTES);
  const batches: Buffer[] = [];
  for (let at = 0; at + LENGTH_PREFIX <= bytes.length; ) {
    const end = at + storedSize(bytes, at);
    if (end > bytes.length) break;
    batches.push(bytes.subarray(at, end));
    at = end;
  }
  return batches.length > 0 ? batches : [segment.readAt(position, storedSize(bytes, 0))];
}
