// One partition: its segments in the order of their offsets, the last of which takes appends. Offsets have no
// gaps but where a damaged segment was cut. There is one replica, so the end of the log is also its high
// watermark, and the leader epoch is always 0.

import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { BrokerLog } from '../options.ts';
import { Producers } from './producers.ts';
import { BATCH_HEADER, type BatchHeader, stamp } from './record-batch.ts';
import { scan } from './recovery.ts';
import { readSeal } from './seal.ts';
import { Segment, segmentPath } from './segment.ts';
import { firstRecordSinceTime, type TimedOffset } from './time-lookup.ts';
import type { TopicConfig } from './topic-config.ts';

export const LEADER_EPOCH = 0;
const EMPTY = Buffer.alloc(0);

export class PartitionLog {
  readonly name: string;
  readonly producers = new Producers();
  /** Called after every append with its bytes, and with Infinity when the partition is deleted. */
  readonly appended = new Set<(bytes: number) => void>();
  config: TopicConfig;
  #folder: string;
  #log: BrokerLog;
  #segments: Segment[] = [];
  #active: Segment;
  #sealed = false; // whether the active segment has a seal, which the next append must remove
  #unsynced = false;

  /** Opens the partition in `folder` (made if absent), recovering what was not closed in order. */
  constructor(folder: string, name: string, config: TopicConfig, log: BrokerLog, now: number) {
    this.#folder = folder;
    this.name = name;
    this.config = config;
    this.#log = log;
    mkdirSync(folder, { recursive: true });
    for (const baseOffset of segmentOffsets(folder)) this.#open(baseOffset, now);
    this.#active = this.#segments.at(-1) ?? this.#add(0, now);
  }

  #open(baseOffset: number, now: number): void {
    const path = segmentPath(this.#folder, baseOffset);
    const { size, birthtimeMs } = statSync(`${path}.log`);
    const seal = readSeal(`${path}.seal`, size);
    if (seal) this.producers.restore(seal.producers);
    const found = seal ?? scan(`${path}.log`, baseOffset, (batch) => this.producers.append(batch, now));
    if (found.size < size) {
      const details = { partition: this.name, segment: baseOffset, kept: found.size, cut: size - found.size };
      this.#log.warn(details, 'cut off a torn tail');
    }
    const segment = new Segment(this.#folder, baseOffset, birthtimeMs);
    segment.adopt(found, size);
    this.#sealed = seal !== null;
    this.#segments.push(segment);
  }

  #add(baseOffset: number, now: number): Segment {
    const segment = new Segment(this.#folder, baseOffset, now);
    this.#segments.push(segment);
    this.#sealed = false;
    this.#active = segment;
    return segment;
  }

  get startOffset(): number {
    return this.#segments[0]?.baseOffset ?? 0;
  }

  /** The offset that the next record gets. */
  get endOffset(): number {
    return this.#active.nextOffset;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** Stores a checked batch; it is with the operating system on return. Returns its first offset. */
  append(batch: Buffer, received: BatchHeader, now: number): number {
    if (this.#mustRoll(batch.length, now)) this.#roll(now);
    if (this.#sealed) {
      this.#active.unseal();
      this.#sealed = false;
    }
    const baseOffset = this.endOffset;
    const header = { ...received, baseOffset, lastOffset: baseOffset + received.records - 1 };
    stamp(batch, baseOffset, LEADER_EPOCH);
    this.#active.append(batch, header);
    this.producers.append(header, now);
    this.#unsynced = true;
    for (const listener of this.appended) listener(batch.length);
    return baseOffset;
  }

  #mustRoll(bytes: number, now: number): boolean {
    const { size, openedAt } = this.#active;
    if (size === 0) return false;
    return size + bytes > this.config.segmentBytes || now - openedAt >= this.config.segmentMs;
  }

  /** Closes the active segment, its seal to follow once the data is on the disk, and starts the next one. */
  #roll(now: number): void {
    this.#active.sealLater(this.producers.snapshot(), (error) =>
      this.#log.error(
        { partition: this.name, error },
        'cannot seal a segment; it will be scanned at the next start',
      ),
    );
    this.#add(this.endOffset, now);
  }

  /** Whole batches from the one that holds `offset`; see Segment.read. Empty at the end of the log. */
  read(offset: number, maxBytes: number, strict: boolean): Buffer {
    if (strict && maxBytes < BATCH_HEADER) return EMPTY;
    const holder = this.#segments.findLastIndex((segment) => segment.baseOffset <= offset);
    for (const segment of this.#segments.slice(Math.max(holder, 0))) {
      if (offset < segment.nextOffset) return segment.read(offset, maxBytes, strict);
    }
    return EMPTY;
  }

  /** The first record with this timestamp or a later one; null if there is none. */
  findTime(timestamp: number): TimedOffset | null {
    for (const segment of this.#segments) {
      if (segment.maxTimestamp < timestamp) continue;
      const found = firstRecordSinceTime(segment, timestamp);
      if (found) return found;
    }
    return null;
  }

  /** Drops the oldest segments that are past the topic's retention; the active one is rolled if it is due. */
  retain(now: number): void {
    const { retentionMs, retentionBytes } = this.config;
    const expired = (segment: Segment) => retentionMs >= 0 && segment.maxTimestamp < now - retentionMs;
    if (this.#active.size > 0 && (expired(this.#active) || this.#mustRoll(0, now))) this.#roll(now);
    let bytes = this.bytes;
    for (const segment of this.#segments.slice(0, -1)) {
      const over = retentionBytes >= 0 && bytes - segment.size >= retentionBytes;
      if (!over && !expired(segment)) return;
      bytes -= segment.size;
      this.#segments.shift();
      segment.remove();
      this.#log.info(
        { partition: this.name, segment: segment.baseOffset },
        'dropped a segment past its retention',
      );
    }
  }

  /** Forces what was appended since the last call onto the disk. */
  sync(): void {
    if (this.#unsynced) this.#active.sync();
    this.#unsynced = false;
  }

  /** As `sync`, without making the caller wait for the disk. */
  syncLater(): void {
    if (!this.#unsynced) return;
    this.#unsynced = false;
    this.#active.syncLater((error) => {
      this.#unsynced = true;
      this.#log.error({ partition: this.name, error }, 'cannot force records onto the disk');
    });
  }

  /** Seals the active segment, so that the next start need not scan it, and closes all files. */
  close(): void {
    if (!this.#sealed) this.#active.seal(this.producers.snapshot());
    for (const segment of this.#segments) segment.close();
  }

  /** Closes and deletes everything; waiting readers are told. */
  remove(): void {
    for (const segment of this.#segments) segment.remove();
    rmSync(this.#folder, { recursive: true, force: true });
    for (const listener of this.appended) listener(Number.POSITIVE_INFINITY);
  }
}

function segmentOffsets(folder: string): number[] {
  const names = readdirSync(folder).filter((name) => /^\d{20}\.log$/.test(name));
  return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
}
