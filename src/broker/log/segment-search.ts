// Finds the segment of a partition that holds an offset or a time. Segments are in the order of their offsets; compaction may have
// emptied some, and left gaps between them.

import { BATCH_HEADER } from './record-batch.ts';
import type { Segment } from './segment.ts';
import { firstRecordSinceTime, type TimedOffset } from './time-lookup.ts';

const EMPTY = Buffer.alloc(0);

/** Segment.read of the segment that holds `offset`, or else of the first after it; empty where there are no such records. */
export function readFrom(
  segments: readonly Segment[],
  offset: number,
  maxBytes: number,
  strict: boolean,
  endOffset: number,
): Buffer {
  if (offset >= endOffset || (strict && maxBytes < BATCH_HEADER)) return EMPTY;
  const holder = segments.findLastIndex((segment) => segment.baseOffset <= offset);
  for (const segment of segments.slice(Math.max(holder, 0))) {
    if (segment.baseOffset >= endOffset) break;
    if (offset < segment.nextOffset && segment.size > 0)
      return segment.read(offset, maxBytes, strict, endOffset);
  }
  return EMPTY;
}

/** The first record with this timestamp, ms, or a later one; null if there is none. */
export function findTime(segments: readonly Segment[], timestamp: number): TimedOffset | null {
  for (const segment of segments) {
    if (segment.maxTimestamp < timestamp) continue;
    const found = firstRecordSinceTime(segment, timestamp);
    if (found) return found;
  }
  return null;
}
