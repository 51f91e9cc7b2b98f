// One segment of a partition: a file of consecutive record batches, named after its first offset. Only the last segment of a
// partition is appended to; the others are sealed. A batch is written to the page cache before it is acknowledged, so that it
// survives the death of this process; the fsync policy (options.ts) decides when it reaches the disk.

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { appendWhole, TO_APPEND, TO_APPEND_OR_MAKE } from '../append-whole.ts';
import { readInt64 } from '../wire/int64.ts';
import { type BatchHeader, LENGTH_PREFIX, nextOffset, storedSize } from './record-batch.ts';
import { type Extent, type SealedState, type Tables, writeSeal } from './seal.ts';
import { SparseIndex } from './sparse-index.ts';
import { AbortedTransactions } from './transactions.ts';

const NAME_DIGITS = 20;
const SCAN_SLACK = 4096; // bytes; an index entry lies at most about this far before the batch looked for
const MOST_IN_MEMORY = 1024; // bytes of a batch: several thousand partitions keep one each
const EMPTY = Buffer.alloc(0);

/** Path, without extension, of the segment of `folder` that starts at `baseOffset`. */
export function segmentPath(folder: string, baseOffset: number): string {
  return `${folder}/${String(baseOffset).padStart(NAME_DIGITS, '0')}`;
}

/** Deletes the files of a segment that is not open. @param path without extension */
export function removeSegment(path: string): void {
  rmSync(`${path}.log`, { force: true });
  rmSync(`${path}.seal`, { force: true });
}

export class Segment {
  readonly baseOffset: number;
  readonly path: string; // without extension
  readonly openedAt: number;
  size = 0;
  nextOffset: number;
  maxTimestamp = -1;
  #tables: Tables | (() => Tables) = noTables;
  #fd: number | undefined; // undefined until it is needed
  #isClosed = false;
  #isSealed = false;
  #onDisk = 0; // bytes that an fsync has covered
  #hasLost = false; // an fsync has failed: a later one that succeeds does not cover the bytes of that one
  #toSeal: SealedState | null = null; // state for a seal that is being written, or that failed
  #hint = { offset: -1, position: 0 }; // end of the last read, where a sequential reader continues
  #last: { readonly offset: number; readonly batch: Buffer } | undefined; // the last batch, for those that wait for it

  /** A segment of an existing file, whose contents the caller adopts; its age is counted from `openedAt`, in ms. */
  constructor(folder: string, baseOffset: number, openedAt: number) {
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
    this.openedAt = openedAt;
    this.path = segmentPath(folder, baseOffset);
  }

  /** An empty segment with its file. */
  static make(folder: string, baseOffset: number, now: number): Segment {
    const segment = new Segment(folder, baseOffset, now);
    segment.#fd = openSync(`${segment.path}.log`, TO_APPEND_OR_MAKE);
    return segment;
  }

  /** Adopts the contents found by a seal or a scan. @param tables a function is called when they are first needed */
  adopt(extent: Extent, isSealed: boolean, tables: Tables | (() => Tables)): void {
    this.size = extent.size;
    this.nextOffset = extent.nextOffset;
    this.maxTimestamp = extent.maxTimestamp;
    this.#tables = tables;
    this.#isSealed = isSealed;
    if (isSealed) this.#onDisk = extent.size;
  }

  /** Truncates the file to the adopted contents. */
  truncate(): void {
    ftruncateSync(this.#file(), this.size);
  }

  /** Opens the file where it is not open; one that was deleted from outside fails, and is not created anew. */
  #file(): number {
    this.#fd ??= openSync(`${this.path}.log`, TO_APPEND);
    return this.#fd;
  }

  #known(): Tables {
    if (typeof this.#tables === 'function') this.#tables = this.#tables();
    return this.#tables;
  }

  get index(): SparseIndex {
    return this.#known().index;
  }

  /** The aborted transactions whose marker lies here. */
  get aborted(): AbortedTransactions {
    return this.#known().aborted;
  }

  /** Writes one stamped batch; on failure (a full disk) the file is as it was. Always throws once an fsync has failed. */
  append(batch: Buffer, header: BatchHeader): void {
    this.requireDisk();
    if (this.#isSealed || this.#toSeal) this.unseal();
    appendWhole(this.#file(), batch, this.size);
    this.#last =
      batch.length > MOST_IN_MEMORY ? undefined : { offset: header.baseOffset, batch: copyOf(batch) };
    this.index.add(header.baseOffset - this.baseOffset, this.size, this.maxTimestamp);
    this.size += batch.length;
    this.nextOffset = header.lastOffset + 1;
    if (header.maxTimestamp > this.maxTimestamp) this.maxTimestamp = header.maxTimestamp;
  }

  /** Reads `length` bytes at `position`; shorter only at the file's end. */
  readAt(position: number, length: number): Buffer {
    const wanted = Math.min(length, this.size - position);
    if (wanted <= 0) return EMPTY;
    const buffer = Buffer.allocUnsafe(wanted);
    const read = readSync(this.#file(), buffer, 0, wanted, position);
    return read === wanted ? buffer : buffer.subarray(0, read);
  }

  /**
   * Whole batches from the one that holds `offset`, at most `maxBytes`; unless `strict`, the first one is returned whole however
   * large it is (KIP-74). None starts at or after `endOffset`, which must be above `offset`. Reads the file once, without a
   * copy, or not at all for the last batch, if that is small: consumers wait for it.
   */
  read(offset: number, maxBytes: number, strict: boolean, endOffset: number): Buffer {
    if (this.#last?.offset === offset && this.nextOffset <= endOffset) {
      const { batch } = this.#last;
      if (strict && batch.length > maxBytes) return EMPTY;
      this.#hint = { offset: this.nextOffset, position: this.size };
      return batch;
    }
    const exact = this.#hint.offset === offset;
    const position = exact ? this.#hint.position : this.index.positionOf(offset - this.baseOffset);
    const bytes = this.readAt(position, Math.max(maxBytes, LENGTH_PREFIX) + (exact ? 0 : SCAN_SLACK));
    const start = this.#skipTo(bytes, offset);
    const limit = this.nextOffset > endOffset ? offsetAt(bytes, start, endOffset) : bytes.length;
    const [last, end] = wholeBatches(bytes, start, Math.min(start + maxBytes, limit));
    if (end > start) {
      this.#hint = { offset: nextOffset(bytes, last), position: position + end };
      return bytes.subarray(start, end);
    }
    if (strict) return EMPTY;
    const head = this.readAt(position + start, 64);
    return head.length < LENGTH_PREFIX ? EMPTY : this.readAt(position + start, storedSize(head, 0));
  }

  /** Where in `bytes` the batch that holds `offset` starts. */
  #skipTo(bytes: Buffer, offset: number): number {
    let at = 0;
    while (at + 27 <= bytes.length && nextOffset(bytes, at) <= offset) at += storedSize(bytes, at);
    return at;
  }

  /** Throws where an fsync has failed since the file was opened: only a restart, which scans it, finds out what is on the disk. */
  requireDisk(): void {
    if (this.#hasLost)
      throw new Error(`${this.path}.log: an fsync has failed; a restart finds out what is on the disk`);
  }

  /** Writes the data to the disk (fsync). */
  sync(): void {
    this.requireDisk();
    if (this.#onDisk === this.size) return;
    try {
      fdatasyncSync(this.#file());
    } catch (error) {
      this.#hasLost = true;
      throw error;
    }
    this.#onDisk = this.size;
  }

  /** As `sync`, without making the caller wait; rejects where the disk fails. */
  async flush(): Promise<void> {
    this.requireDisk();
    const { size } = this;
    if (this.#onDisk === size) return;
    try {
      await promisify(fdatasync)(this.#file());
    } catch (error) {
      if (!this.#isClosed) this.#hasLost = true;
      throw error;
    }
    this.#onDisk = Math.max(this.#onDisk, size);
  }

  /** Writes the data to the disk, then the seal. */
  seal(state: SealedState): void {
    this.sync();
    this.#writeSeal(state);
  }

  /** As `seal`, without making the caller wait for the disk; an append before it is written prevents it. */
  async sealLater(state: SealedState, onError: (error: unknown) => void): Promise<void> {
    this.#toSeal = state;
    try {
      await this.flush();
      if (this.#toSeal === state && !this.#isClosed) this.#writeSeal(state);
    } catch (error) {
      if (!this.#isClosed) onError(error);
    }
  }

  /** Tries again to write a seal that failed. */
  sealAgain(onError: (error: unknown) => void): void {
    if (this.#toSeal) void this.sealLater(this.#toSeal, onError);
  }

  #writeSeal(state: SealedState): void {
    const { size, nextOffset: next, maxTimestamp, index, aborted } = this;
    writeSeal(`${this.path}.seal`, { size, nextOffset: next, maxTimestamp, index, aborted, ...state });
    this.#toSeal = null;
    this.#isSealed = true;
    this.#last = undefined; // nothing was appended for a while, or the next segment is appended to
  }

  /** Removes the seal, before the segment is written again. */
  unseal(): void {
    this.#known(); // the seal may be the only place that has them
    this.#toSeal = null;
    rmSync(`${this.path}.seal`, { force: true });
    this.#isSealed = false;
  }

  /** Closes the file, with its seal where one is pending. */
  close(): void {
    if (this.#toSeal) this.seal(this.#toSeal);
    this.#isClosed = true;
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Time of its last record, ms: the file's mtime where the records have no timestamp. */
  get lastTime(): number {
    if (this.maxTimestamp >= 0 || this.size === 0) return this.maxTimestamp;
    return statSync(`${this.path}.log`, { throwIfNoEntry: false })?.mtimeMs ?? this.maxTimestamp;
  }

  get isSealed(): boolean {
    return this.#isSealed;
  }

  /** Whether its seal is pending. */
  get isSealing(): boolean {
    return this.#toSeal !== null;
  }

  remove(): void {
    this.#toSeal = null;
    this.close();
    removeSegment(this.path);
  }
}

function noTables(): Tables {
  return { index: new SparseIndex(), aborted: new AbortedTransactions() };
}

/** Where in `bytes`, from `start`, the first batch lies whose offset is `offset` or higher; else their end. */
function offsetAt(bytes: Buffer, start: number, offset: number): number {
  let at = start;
  while (at + LENGTH_PREFIX <= bytes.length && readInt64(bytes, at) < offset) at += storedSize(bytes, at);
  return Math.min(at, bytes.length);
}

/** Start and end of the last batch that lies wholly within `bytes` and before `limit`, from `start`. */
function wholeBatches(bytes: Buffer, start: number, limit: number): [last: number, end: number] {
  const within = Math.min(limit, bytes.length);
  let last = start;
  let end = start;
  while (end + LENGTH_PREFIX <= within) {
    const next = end + storedSize(bytes, end);
    if (next > within) break;
    last = end;
    end = next;
  }
  return [last, end];
}

/** A copy with memory of its own: a view would keep all that its connection has received with it. */
function copyOf(batch: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(batch.length);
  batch.copy(copy);
  return copy;
}
