// Scans a segment without a seal, batch by batch, up to the first batch that is not whole or has a wrong CRC or offset: the offset
// must follow the batch before (after a gap where the log was compacted). The caller truncates the rest, a torn tail or damage.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import {
  BATCH_HEADER,
  type BatchHeader,
  batchSize,
  crcIsRight,
  LENGTH_PREFIX,
  readHeader,
} from './record-batch.ts';
import type { Extent, Tables } from './seal.ts';
import { SparseIndex } from './sparse-index.ts';

const CHUNK = 1024 * 1024;

/** The contents of a segment for its seal, collected from its batches in order. */
export class Contents {
  readonly index = new SparseIndex();
  readonly baseOffset: number;
  size = 0;
  nextOffset: number;
  maxTimestamp = -1;

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
    this.nextOffset = baseOffset;
  }

  add(header: BatchHeader): void {
    this.index.add(header.baseOffset - this.baseOffset, this.size, this.maxTimestamp);
    this.size += header.size;
    this.nextOffset = header.lastOffset + 1;
    this.maxTimestamp = Math.max(this.maxTimestamp, header.maxTimestamp);
  }
}

/** Scans `file` and calls `onBatch` for every valid batch in order. @param hasGaps whether it may have been compacted */
export function scan(
  file: string,
  baseOffset: number,
  hasGaps: boolean,
  onBatch: (header: BatchHeader, batch: Buffer) => void,
): Extent & Pick<Tables, 'index'> {
  const contents = new Contents(baseOffset);
  for (const batch of wholeBatches(file)) {
    const header = readHeader(batch, 0);
    const { nextOffset } = contents;
    const follows = hasGaps ? header.baseOffset >= nextOffset : header.baseOffset === nextOffset;
    if (!follows || header.lastOffset < header.baseOffset) break;
    contents.add(header);
    onBatch(header, batch);
  }
  return contents;
}

/**
 * Whether the file's tail from `at` is an append that a crash has cut short, or zeros in its place; otherwise it is damage.
 * @param largest limit of a batch's bytes
 */
export function isTorn(file: string, at: number, fileSize: number, largest: number): boolean {
  if (fileSize - at < BATCH_HEADER) return true;
  if (fileSize - at > largest) return false;
  const fd = openSync(file, 'r');
  try {
    const head = readChunk(fd, at, BATCH_HEADER);
    return batchSize(head, 0) > fileSize - at || head.every((byte) => byte === 0);
  } finally {
    closeSync(fd);
  }
}

/** The batches from the file's start up to the first that is not whole. */
function* wholeBatches(file: string): Generator<Buffer> {
  const fd = openSync(file, 'r');
  try {
    const { size: fileSize } = fstatSync(fd);
    let held: Buffer = Buffer.alloc(0); // read, not yet parsed
    for (let at = 0; ; ) {
      const size = held.length < BATCH_HEADER ? BATCH_HEADER : batchSize(held, 0);
      if (size < BATCH_HEADER) return;
      if (held.length < size) {
        const left = fileSize - at - held.length;
        const chunk = readChunk(fd, at + held.length, Math.min(Math.max(CHUNK, size - held.length), left));
        if (chunk.length === 0) return;
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        continue;
      }
      if (held[LENGTH_PREFIX + 4] !== 2 || !crcIsRight(held, 0, size)) return;
      yield held.subarray(0, size);
      held = held.subarray(size);
      at += size;
    }
  } finally {
    closeSync(fd);
  }
}

function readChunk(fd: number, position: number, length: number): Buffer {
  const chunk = Buffer.allocUnsafe(Math.min(length, 64 * CHUNK));
  return chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, position));
}
