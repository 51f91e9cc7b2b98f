// Opens the segments of a partition. Where its files were closed in order and have not changed, none is read; otherwise each
// segment is adopted by its seal or scanned, and a tail that a crash has torn is truncated.

import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { keepTail } from '../keep-tail.ts';
import type { BrokerLog } from '../options.ts';
import type { Producers } from './producers.ts';
import type { BatchHeader } from './record-batch.ts';
import { isTorn, scan } from './recovery.ts';
import { readSeal, readTables, type SealedState, type Tables } from './seal.ts';
import { removeSegment, Segment, segmentPath } from './segment.ts';
import { compactedTo, removeUnfinished } from './swap.ts';
import { AbortedTransactions, OpenTransactions } from './transactions.ts';

/** What a start needs to know of a partition whose files were closed in order, so as not to read them. */
export type ClosedLog = SealedState & {
  readonly segments: readonly (readonly [
    baseOffset: number,
    size: number,
    nextOffset: number,
    maxTimestamp: number,
    openedAt: number,
  ])[];
  readonly cleanedTo: number;
};

/** A partition with more producers is opened by its seal, so that the file of all closed logs (closed-logs.ts) stays small. */
const MOST_CLOSED_PRODUCERS = 100;

/** The ClosedLog of segments and of the state at their end; undefined where one has no seal, or there are too many producers. */
export function closedLog(
  segments: readonly Segment[],
  cleanedTo: number,
  { producers, open }: SealedState,
): ClosedLog | undefined {
  const isSealed = segments.every((segment) => segment.isSealed || segment.size === 0);
  if (!isSealed || producers.length > MOST_CLOSED_PRODUCERS) return undefined;
  const extents = segments.map(({ baseOffset, size, nextOffset, maxTimestamp, openedAt }) => {
    return [baseOffset, size, nextOffset, maxTimestamp, openedAt] as const;
  });
  return { segments: extents, cleanedTo, producers, open };
}

/** The partition to open; `producers` and `open` are set to their state at the end of its log. */
export type Opening = {
  /** Made if absent. */
  readonly folder: string;
  readonly name: string;
  readonly log: BrokerLog;
  readonly maxMessageBytes: number;
  readonly producers: Producers;
  readonly open: OpenTransactions;
  /** Called with each closed segment without a seal, at the moment when the state is that at its end. */
  readonly seal: (segment: Segment) => void;
};

export type Opened = {
  /** In the order of their offsets; empty where the partition is new. The array stays in use: tables are read from it later. */
  readonly segments: Segment[];
  /** Records before it were compacted. */
  readonly cleanedTo: number;
};

/** @param closed what the last close returned, where nothing has changed the folder since */
export function openSegments(of: Opening, now: number, closed?: ClosedLog): Opened {
  return closed && isAsClosed(of.folder, closed) ? resume(of, closed) : recover(of, now);
}

function isAsClosed(folder: string, { segments }: ClosedLog): boolean {
  return segments.every(([baseOffset, size]) => {
    const file = `${segmentPath(folder, baseOffset)}.log`;
    return statSync(file, { throwIfNoEntry: false })?.size === size;
  });
}

function resume(of: Opening, closed: ClosedLog): Opened {
  const segments: Segment[] = [];
  for (const [baseOffset, size, nextOffset, maxTimestamp, openedAt] of closed.segments) {
    const segment = new Segment(of.folder, baseOffset, openedAt);
    segment.adopt({ size, nextOffset, maxTimestamp }, size > 0, () => tablesOf(segment, segments, of.name));
    segments.push(segment);
  }
  restore(of, closed);
  return { segments, cleanedTo: closed.cleanedTo };
}

function recover(of: Opening, now: number): Opened {
  const { folder } = of;
  const names = namesIn(folder);
  removeLeftOver(folder, names);
  removeUnfinished(folder, names);
  const offsets = segmentOffsets(names);
  const seals = new Set(names.filter((file) => file.endsWith('.seal')));
  // The CRC does not cover a batch's offset, which must follow from the one before where nothing was compacted.
  const cleanedTo = compactedTo(folder, names);
  const wasCompacted = cleanedTo !== undefined;
  const segments: Segment[] = [];
  for (const [index, baseOffset] of offsets.entries()) {
    const isClosed = index < offsets.length - 1;
    // The segment before already holds this one's records: a crash has interrupted the swap of a compaction.
    if (wasCompacted && isClosed && baseOffset < (segments.at(-1)?.nextOffset ?? 0)) {
      dropMerged(of, baseOffset);
      continue;
    }
    const segment = openSegment(of, baseOffset, segments, seals, wasCompacted && isClosed, now);
    if (isClosed && !segment.isSealed) of.seal(segment);
  }
  return { segments, cleanedTo: cleanedTo ?? 0 };
}

/** Its state is restored first, as the segment that holds its records may have no seal. */
function dropMerged(of: Opening, baseOffset: number): void {
  const path = segmentPath(of.folder, baseOffset);
  restore(of, readSeal(`${path}.seal`, statSync(`${path}.log`).size));
  removeSegment(path);
}

function restore({ producers, open }: Opening, seal: SealedState | null): void {
  if (seal === null) return;
  producers.restore(seal.producers);
  open.restore(seal.open);
}

/** Opens a segment and adds it to `segments`. @param hasGaps whether compaction may have removed offsets from it */
function openSegment(
  of: Opening,
  baseOffset: number,
  segments: Segment[],
  seals: ReadonlySet<string>,
  hasGaps: boolean,
  now: number,
): Segment {
  const path = segmentPath(of.folder, baseOffset);
  const { size, birthtimeMs } = statSync(`${path}.log`);
  const segment = new Segment(of.folder, baseOffset, birthtimeMs);
  const seal = seals.has(basename(`${path}.seal`)) ? readSeal(`${path}.seal`, size) : null;
  restore(of, seal);
  if (seal) segment.adopt(seal, true, () => tablesOf(segment, segments, of.name));
  else if (size > 0) adoptScanned(of, segment, size, hasGaps, now);
  segments.push(segment);
  return segment;
}

function adoptScanned(of: Opening, segment: Segment, size: number, hasGaps: boolean, now: number): void {
  const file = `${segment.path}.log`;
  const aborted = new AbortedTransactions();
  const found = scan(file, segment.baseOffset, hasGaps, (header, batch) => {
    of.producers.append(header, now);
    of.open.note(header, batch, aborted);
  });
  segment.adopt(found, false, { index: found.index, aborted });
  if (found.size === size) return;
  const details = { partition: of.name, file, at: found.size, cut: size - found.size };
  const wasTorn = isTorn(file, found.size, size, of.maxMessageBytes);
  const kept = keepTail(file, found.size);
  segment.truncate();
  if (wasTorn) of.log.warn({ ...details, kept }, 'truncated a torn tail');
  else of.log.error({ ...details, kept, nextOffset: found.nextOffset }, 'truncated a damaged segment');
}

/** The tables in a segment's seal. Without it the log is scanned from its start, as an aborted transaction may begin in an earlier segment. */
function tablesOf(segment: Segment, segments: readonly Segment[], name: string): Tables {
  const sealed = readTables(`${segment.path}.seal`, segment.size);
  if (sealed) return sealed;
  const open = new OpenTransactions();
  for (const { path, baseOffset } of segments) {
    const aborted = new AbortedTransactions();
    const note = (header: BatchHeader, batch: Buffer) => open.note(header, batch, aborted);
    const { index } = scan(`${path}.log`, baseOffset, true, note);
    if (path === segment.path) return { index, aborted };
  }
  throw new Error(`${segment.path}: expected a segment of ${name}`);
}

/** The files in a folder, which is made where it is missing. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true });
    return [];
  }
}

/** Deletes what a crash has left over: seals whose segment is gone, and unfinished ones. */
function removeLeftOver(folder: string, names: readonly string[]): void {
  const logs = new Set(names.filter((name) => name.endsWith('.log')));
  const isLeftOver = (name: string) =>
    name.endsWith('.seal.new') || (name.endsWith('.seal') && !logs.has(name.replace(/seal$/, 'log')));
  for (const name of names)
    if (isLeftOver(name)) rmSync(`${folder}/${name}`, { recursive: true, force: true });
}

function segmentOffsets(names: readonly string[]): number[] {
  const logs = names.filter((name) => /^\d{20}\.log$/.test(name));
  return logs.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
}
