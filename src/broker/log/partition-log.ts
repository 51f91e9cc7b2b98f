// One partition: its segments in the order of their offsets, the last of which takes appends. Offsets have gaps only where a
// damaged segment was truncated or the log was compacted. There is one replica, so the end of the log is also its high
// watermark, and the leader epoch is always 0. Open transactions have no records before the last stable offset.

import { rmSync } from 'node:fs';
import type { BrokerLog } from '../options.ts';
import { MOST_KEYS } from './compaction.ts';
import { markerBatch } from './control-batch.ts';
import { LogCompaction } from './log-compaction.ts';
import { type ClosedLog, closedLog, openSegments } from './open-segments.ts';
import { Producers } from './producers.ts';
import { type BatchHeader, readHeader, stamp } from './record-batch.ts';
import type { SealedState } from './seal.ts';
import { Segment } from './segment.ts';
import { countExpired, isExpired, isFull } from './segment-limits.ts';
import { findTime, readFrom } from './segment-search.ts';
import type { TimedOffset } from './time-lookup.ts';
import type { TopicConfig } from './topic-config.ts';
import {
  type AbortedTransaction,
  abortedWithin,
  type OpenTransaction,
  OpenTransactions,
} from './transactions.ts';

export const LEADER_EPOCH = 0;

export class PartitionLog {
  readonly name: string;
  readonly producers = new Producers();
  readonly #open = new OpenTransactions();
  /** Called after every append with its bytes, and with Infinity when the partition is deleted. */
  readonly appended = new Set<(bytes: number) => void>();
  /** As `appended`, when the last stable offset moves; with Infinity where the end of a transaction moves it. */
  readonly decided = new Set<(bytes: number) => void>();
  config: TopicConfig;
  #folder: string;
  #log: BrokerLog;
  readonly #segments: Segment[];
  #active: Segment;
  #unflushed = 0; // records since the last fsync for flush.messages
  #endLastTime = -1; // endOffset at the last `retain`
  #isGone = false;
  #start = 0; // records before it were deleted by a client (DeleteRecords)
  readonly #compaction: LogCompaction;

  /**
   * Opens the partition in `folder` (made if absent), and recovers segments without a valid seal.
   * @param closed what `close` returned, where nothing has changed the folder since; files are then read only when needed
   */
  constructor(
    folder: string,
    name: string,
    config: TopicConfig,
    log: BrokerLog,
    now: number,
    closed?: ClosedLog,
  ) {
    this.#folder = folder;
    this.name = name;
    this.config = config;
    this.#log = log;
    const { segments, cleanedTo } = openSegments(
      {
        folder,
        name,
        log,
        maxMessageBytes: config.maxMessageBytes,
        producers: this.producers,
        open: this.#open,
        // With a seal the next start does not scan it again.
        seal: (segment) => void segment.sealLater(this.#sealedState(), this.#cannotSeal),
      },
      now,
      closed,
    );
    this.#segments = segments;
    this.#active = segments.at(-1) ?? this.#add(0, now);
    this.#compaction = new LogCompaction({
      folder,
      name,
      log,
      segments,
      // A power failure may have undone the last compaction.
      cleanedTo: Math.min(cleanedTo, this.#active.baseOffset),
      isGone: () => this.#isGone,
      lastStableOffset: () => this.lastStableOffset,
      sealedState: () => this.#sealedState(),
    });
  }

  #add(baseOffset: number, now: number): Segment {
    const segment = Segment.make(this.#folder, baseOffset, now);
    this.#segments.push(segment);
    this.#active = segment;
    return segment;
  }

  get startOffset(): number {
    return Math.max(this.#segments[0]?.baseOffset ?? 0, this.#start);
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#active.nextOffset;
  }

  /** The first offset of an open transaction, or the end of the log: transactions before it are decided. */
  get lastStableOffset(): number {
    return Math.max(this.#open.firstOffset ?? this.endOffset, this.startOffset);
  }

  /** First offset of a producer's open transaction; undefined where it has none here. */
  openSince(producerId: number): number | undefined {
    return this.#open.of(producerId);
  }

  /** The producers that have a transaction open here. */
  openTransactions(): OpenTransaction[] {
    return this.#open.snapshot();
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /**
   * Stores a validated batch in the page cache.
   * @param now ms
   * @returns its first offset
   */
  append(batch: Buffer, received: BatchHeader, now: number): number {
    if (isFull(this.#active, batch.length, received.records, this.config, now)) this.#roll(now);
    const stable = this.lastStableOffset;
    const baseOffset = this.endOffset;
    const header = { ...received, baseOffset, lastOffset: baseOffset + received.records - 1 };
    stamp(batch, baseOffset, LEADER_EPOCH);
    const wasDecided = this.#open.firstOffset === undefined;
    this.#active.append(batch, header);
    this.producers.append(header, now);
    this.#open.note(header, batch, this.#active.aborted);
    this.#flushWhereDue(received.records);
    for (const listener of this.appended) listener(batch.length);
    if (this.lastStableOffset > stable)
      for (const listener of this.decided) listener(wasDecided ? batch.length : Number.POSITIVE_INFINITY);
    return baseOffset;
  }

  #flushWhereDue(records: number): void {
    this.#unflushed += records;
    if (this.#unflushed < this.config.flushMessages) return;
    this.#unflushed = 0;
    this.sync();
  }

  /** Ends a producer's open transaction by a marker, which is in the page cache on return; no-op where it has none. */
  endTransaction(producerId: number, epoch: number, isCommit: boolean, now: number): void {
    if (this.#open.of(producerId) === undefined) return;
    const marker = markerBatch(producerId, epoch, isCommit, now);
    this.append(marker, readHeader(marker, 0), now);
  }

  /** The aborted transactions with records between two offsets, `endOffset` excluded, lowest first offset first. */
  abortedWithin(offset: number, endOffset: number): AbortedTransaction[] {
    return abortedWithin(this.#segments, offset, endOffset);
  }

  /** Closes the active segment, which is sealed once its data is on the disk, and opens the next one. */
  #roll(now: number): void {
    this.#sealActive();
    this.#add(this.endOffset, now);
  }

  #sealActive(): void {
    if (!this.#active.isSealed) void this.#active.sealLater(this.#sealedState(), this.#cannotSeal);
  }

  #cannotSeal = (error: unknown): void => {
    const consequence =
      'cannot seal a segment; it will be tried again, and an earlier start scans the segment';
    this.#log.error({ partition: this.name, error }, consequence);
  };

  #sealedState(): SealedState {
    return { producers: this.producers.snapshot(), open: this.#open.snapshot() };
  }

  /** Whole batches from the one that holds `offset`, none from `endOffset` on; see Segment.read. Empty at the end of the log. */
  read(offset: number, maxBytes: number, strict: boolean, endOffset = this.endOffset): Buffer {
    return readFrom(this.#segments, offset, maxBytes, strict, endOffset);
  }

  /** The latest timestamp of any record, ms; −1 if there is none. */
  get maxTimestamp(): number {
    return this.#segments.reduce((latest, { maxTimestamp }) => Math.max(latest, maxTimestamp), -1);
  }

  /** The first record with this timestamp or a later one; null if there is none. */
  findTime(timestamp: number): TimedOffset | null {
    const found = findTime(this.#segments, timestamp);
    // The found record may have been deleted (DeleteRecords); the log starts after it.
    return found && { ...found, offset: Math.max(found.offset, this.startOffset) };
  }

  /**
   * Moves the start of a log that was just opened to an offset. Where a power failure has lost the records before it, the log
   * continues at that offset: no reader would look at a new record before it.
   */
  startAt(offset: number, now: number): void {
    if (offset > this.endOffset) {
      this.#sealActive();
      this.#add(offset, now);
    }
    this.deleteBefore(offset);
  }

  /** Moves the log's start to an offset; closed segments before it are deleted, unless they are being compacted. */
  deleteBefore(offset: number): void {
    this.#start = Math.max(this.#start, offset);
    while (
      !this.#compaction.isRunning &&
      (this.#segments[1]?.baseOffset ?? Number.POSITIVE_INFINITY) <= this.#start
    )
      this.#segments.shift()?.remove();
  }

  /**
   * Deletes the oldest segments past the topic's retention, and rolls the active one if it is due. An active segment without
   * appends since the last call is sealed, so that a start after a crash scans only recent writes.
   */
  retain(now: number): void {
    for (const segment of this.#segments) segment.sealAgain(this.#cannotSeal);
    if (this.endOffset === this.#endLastTime && this.#active.size > 0 && !this.#active.isSealing)
      this.#sealActive();
    this.#endLastTime = this.endOffset;
    this.deleteBefore(this.#start);
    // Compaction reads the segments, which the next call deletes.
    const isKept = !this.config.isDeleted || this.#compaction.isRunning;
    const isOver = !isKept && this.#active.size > 0 && isExpired(this.#active, this.config, now);
    if (isOver || isFull(this.#active, 0, 0, this.config, now)) this.#roll(now);
    const closed = this.#segments.slice(0, -1);
    const count = isKept ? 0 : countExpired(closed, this.bytes, this.config, now);
    for (const segment of closed.slice(0, count)) {
      this.#segments.shift();
      segment.remove();
      const details = { partition: this.name, segment: segment.baseOffset };
      this.#log.info(details, 'deleted a segment past its retention');
    }
  }

  /**
   * Compacts the closed segments, where enough of the log is new; appends and reads go on meanwhile.
   * @param pause awaited between slices of the work; true ends the pass
   * @param mostKeys limit of the keys of this pass; the segments after them wait for the next one
   */
  async compact(now: number, pause: () => Promise<boolean>, mostKeys = MOST_KEYS): Promise<void> {
    if (this.config.isCompacted) await this.#compaction.pass(this.config, now, pause, mostKeys);
  }

  /** Throws where an fsync has failed: earlier appends may be lost, so there are no further ones until a restart. */
  requireDisk(): void {
    this.#active.requireDisk();
  }

  /** Writes what was appended to the disk (fsync). */
  sync(): void {
    this.#active.sync();
  }

  /** As `sync`, without making the caller wait for the disk. */
  async flush(): Promise<void> {
    try {
      await this.#active.flush();
    } catch (error) {
      if (!this.#isGone) this.#log.error({ partition: this.name, error }, 'fsync of a segment failed');
    }
  }

  /**
   * Seals the active segment, which saves the next start its scan, and closes all files.
   * @returns what lets the next start open the partition without reading its files; undefined where it has to read them
   */
  close(): ClosedLog | undefined {
    this.#isGone = true;
    const state = this.#sealedState();
    // Without records there is nothing to scan either.
    if (!this.#active.isSealed && this.#active.size > 0) this.#active.seal(state);
    for (const segment of this.#segments) segment.close();
    return closedLog(this.#segments, this.#compaction.cleanedTo, state);
  }

  /** Closes and deletes all files, and wakes waiting fetches. */
  remove(): void {
    this.#isGone = true;
    for (const segment of this.#segments) segment.remove();
    rmSync(this.#folder, { recursive: true, force: true });
    for (const listener of [...this.appended, ...this.decided]) listener(Number.POSITIVE_INFINITY);
  }
}
