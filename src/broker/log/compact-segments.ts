// A pass of compaction over the closed segments of a partition: it collects the latest offset of each key, then rewrites the
// segments without obsolete records, as many neighbours into one file as fit, and swaps the synced file in. Memory is bounded
// by the number of keys. The work is done in slices with a pause after each, so that appends and reads go on. A pass ends at a
// batch with a wrong CRC: a rewritten batch would have a right one, and hide the damage.

import { closeSync, fsync, openSync, rmSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { compactBatch, type LatestOffsets, noteKeys, type PassTime } from './compaction.ts';
import type { DecidedTransactions } from './decided-transactions.ts';
import { crcIsRight, DamagedLog, isControl, LENGTH_PREFIX, readHeader, storedSize } from './record-batch.ts';
import { Contents } from './recovery.ts';
import type { Extent, Tables } from './seal.ts';
import type { Segment } from './segment.ts';
import type { TopicConfig } from './topic-config.ts';
import { AbortedTransactions } from './transactions.ts';

/** Suffix of a rewritten file before it is swapped in. */
export const CLEANED = '.cleaned';

const SLICE_BYTES = 128 * 1024;
/** Limit of a segment's range of offsets, as in Apache Kafka: its index stores them relative to the first. */
export const MOST_OFFSETS = 2 ** 31 - 1;

/** The contents of a rewritten file. */
export type Found = Extent & Tables;

/** Neighbouring segments that become one, in the order of their offsets. */
export type Group = readonly [Segment, ...Segment[]];

export type Driver = {
  /** The decided transactions with records in the segments. */
  readonly transactions: DecidedTransactions;
  /** Limit of the keys of a pass, whose offsets are in memory. */
  readonly mostKeys: number;
  /** Awaited between slices; true ends the pass. */
  pause(): Promise<boolean>;
  /** Swaps a synced file, whose contents are `found`, for those of a group. */
  replace(group: Group, file: string, found: Found): Promise<void>;
};

/**
 * Makes a pass, where enough of the log is new.
 * @param closed all closed segments that may be compacted, in order
 * @param cleanedTo the offset that earlier passes have reached
 * @returns `cleanedTo` for the next pass
 * @throws {DamagedLog} naming file and place; segments before it are compacted, that one and later ones are as they were
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
  const [oldest] = fresh;
  if (oldest === undefined) return cleanedTo;
  const isLate = now - oldest.openedAt >= config.maxCompactionLagMs;
  if (!isLate && bytes(fresh) < bytes(closed) * config.minCleanableDirtyRatio) return cleanedTo;
  const latest: LatestOffsets = new Map();
  const noted = await noteSegments(fresh, latest, driver);
  if (noted === undefined) return cleanedTo;
  const time = { now, deleteRetentionMs: config.deleteRetentionMs };
  const within = closed.filter(({ baseOffset }) => baseOffset < noted);
  for (const group of groupsOf(within, config.segmentBytes))
    if (!(await rewrite(group, latest, time, driver))) return cleanedTo;
  return noted;
}

/** Groups neighbours whose sizes add up to at most `mostBytes`. */
function groupsOf(segments: readonly Segment[], mostBytes: number): Group[] {
  const groups: [Segment, ...Segment[]][] = [];
  let bytes = 0;
  for (const segment of segments) {
    const group = groups.at(-1);
    bytes += segment.size;
    if (group && bytes <= mostBytes && segment.nextOffset - group[0].baseOffset <= MOST_OFFSETS) {
      group.push(segment);
      continue;
    }
    groups.push([segment]);
    bytes = segment.size;
  }
  return groups;
}

/** Collects the keys of the segments, up to the limit. @returns the offset after the segments covered; undefined where the pass was ended */
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
        if (!noteKeys(batch, latest, driver.transactions, driver.mostKeys))
          return noted ?? segment.nextOffset;
    }
    noted = segment.nextOffset;
  }
  return noted;
}

/** Rewrites a group, and swaps the file in where anything has changed. @returns false where the pass was ended */
async function rewrite(
  group: Group,
  latest: LatestOffsets,
  time: PassTime,
  driver: Driver,
): Promise<boolean> {
  const [{ path, baseOffset }] = group;
  const file = `${path}.log${CLEANED}`;
  const fd = openSync(file, 'w');
  const remaining = new RemainingBatches(baseOffset, fd);
  let isChanged = group.length > 1;
  let isWhole = false;
  try {
    for (const segment of group) {
      for await (const batches of slicesOf(segment, driver)) {
        if (batches === undefined) return false;
        const kept = batches.map((batch) => compactBatch(batch, latest, time, driver.transactions));
        isChanged ||= kept.some((batch, index) => batch !== batches[index]);
        remaining.add(kept.filter((batch) => batch !== undefined));
      }
      remaining.end(segment);
    }
    if (isChanged) await promisify(fsync)(fd);
    if (await driver.pause()) return false;
    isWhole = true;
  } finally {
    closeSync(fd);
    if (!isWhole || !isChanged) rmSync(file, { force: true });
  }
  if (isChanged) await driver.replace(group, file, remaining.found());
  return true;
}

/** Writes the remaining batches of a group to a file, and collects its contents. */
class RemainingBatches {
  #contents: Contents;
  #fd: number;
  #markers = new Set<number>();
  #aborted = new AbortedTransactions();

  constructor(baseOffset: number, fd: number) {
    this.#contents = new Contents(baseOffset);
    this.#fd = fd;
  }

  add(batches: readonly Buffer[]): void {
    for (const header of batches.map((batch) => readHeader(batch, 0))) {
      this.#contents.add(header);
      if (isControl(header)) this.#markers.add(header.lastOffset);
    }
    writeWhole(this.#fd, Buffer.concat(batches));
  }

  /** Called after the last batch of a segment. An aborted transaction without its marker is dropped, as a reader would wait for its end. */
  end(segment: Segment): void {
    for (const one of segment.aborted.all()) if (this.#markers.has(one.lastOffset)) this.#aborted.add(one);
  }

  found(): Found {
    const { size, nextOffset, maxTimestamp, index } = this.#contents;
    return { size, nextOffset, maxTimestamp, index, aborted: this.#aborted };
  }
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

/** Whole batches from a position, of about the size of a slice, at least one. @throws {DamagedLog} */
function batchesAt(segment: Segment, position: number): Buffer[] {
  const batches = slice(segment, position);
  let at = position;
  for (const batch of batches) {
    if (batch.length !== storedSize(batch, 0) || !crcIsRight(batch, 0, batch.length))
      throw new DamagedLog(`${segment.path}.log: the batch at byte ${at} has a wrong CRC`);
    at += batch.length;
  }
  return batches;
}

function slice(segment: Segment, position: number): Buffer[] {
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
