// A pass of compaction over the closed segments of a partition: the latest offset of each key is noted first, then each segment is
// written anew without what is obsolete, beside the old file, forced onto the disk, and put in its place. Bounded in memory by
// the number of keys; done in slices, so that appends and reads are not held up.

import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { compactBatch, type LatestOffsets, noteKeys } from './compaction.ts';
import type { DecidedTransactions } from './decided-transactions.ts';
import { BATCH_HEADER, storedSize } from './record-batch.ts';
import type { Segment } from './segment.ts';
import type { TopicConfig } from './topic-config.ts';

/** Ends the name of a file that is not in its place yet. */
export const CLEANED = '.cleaned';

const SLICE_BYTES = 1024 * 1024;

export type Driver = {
  /** What is known of all transactions that have records in the segments. */
  readonly transactions: DecidedTransactions;
  /** Awaited between slices; true ends the pass. */
  pause(): Promise<boolean>;
  /** Puts a file that is forced onto the disk in the place of a segment's. */
  replace(segment: Segment, file: string): void;
};

/**
 * Makes a pass, where enough is new.
 * @param closed all closed segments that may be compacted, in order
 * @param cleanedTo the offset up to which an earlier pass has come
 * @returns the same for the next pass
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

/** Notes the keys of whole segments. @returns the offset behind them; undefined where the pass was ended */
async function noteSegments(
  segments: readonly Segment[],
  latest: LatestOffsets,
  driver: Driver,
): Promise<number | undefined> {
  let noted: number | undefined;
  for (const segment of segments) {
    for await (const batch of batchesOf(segment, driver)) {
      if (batch === undefined) return undefined;
      // A segment of which only a part is noted may be compacted too: what is noted is right.
      if (!noteKeys(batch, latest, driver.transactions)) return noted ?? segment.nextOffset;
    }
    noted = segment.nextOffset;
  }
  return noted;
}

/** False where the pass was ended. */
async function rewrite(
  segment: Segment,
  latest: LatestOffsets,
  dropTombstones: boolean,
  driver: Driver,
): Promise<boolean> {
  const file = `${segment.path}.log${CLEANED}`;
  const fd = openSync(file, 'w');
  let isChanged = false;
  let isWhole = false;
  try {
    for await (const batch of batchesOf(segment, driver)) {
      if (batch === undefined) return false;
      const left = compactBatch(batch, latest, dropTombstones, driver.transactions);
      isChanged ||= left !== batch;
      if (left !== undefined) writeSync(fd, left);
    }
    if (isChanged) fsyncSync(fd);
    isWhole = true;
  } finally {
    closeSync(fd);
    if (!isWhole || !isChanged) rmSync(file, { force: true });
  }
  if (isChanged) driver.replace(segment, file);
  return true;
}

/** The batches of a segment; undefined, and nothing more, where the pass is ended. */
async function* batchesOf(segment: Segment, driver: Driver): AsyncGenerator<Buffer | undefined> {
  let sliced = 0;
  for (let position = 0; position < segment.size; ) {
    const size = storedSize(segment.readAt(position, BATCH_HEADER), 0);
    yield segment.readAt(position, size);
    position += size;
    sliced += size;
    if (sliced < SLICE_BYTES) continue;
    sliced = 0;
    if (await driver.pause()) {
      yield undefined;
      return;
    }
  }
}
