// Finds the first record of a time in one segment. The index says from where on to look, batch headers say
// which batch; inside a batch that is not compressed the records say which record. For a compressed batch the
// answer is its first record: never later than the right one, so a reader that seeks there misses nothing.

import { firstRecordSince } from './record.ts';
import { BATCH_HEADER, type BatchHeader, codecOf, readHeader } from './record-batch.ts';
import type { Segment } from './segment.ts';

export interface TimedOffset {
  readonly offset: number;
  readonly timestamp: number;
}

export function firstRecordSinceTime(segment: Segment, timestamp: number): TimedOffset | null {
  let position = segment.index.positionOfTime(timestamp);
  while (position < segment.size) {
    const header = readHeader(segment.readAt(position, BATCH_HEADER), 0);
    if (header.maxTimestamp >= timestamp) return within(segment, position, header, timestamp);
    position += header.size;
  }
  return null;
}

function within(segment: Segment, position: number, header: BatchHeader, timestamp: number): TimedOffset {
  const first = { offset: header.baseOffset, timestamp: header.baseTimestamp };
  if (codecOf(header.attributes) !== 0) return first;
  const batch = segment.readAt(position, header.size);
  const record = firstRecordSince(batch, BATCH_HEADER, header.records, timestamp - header.baseTimestamp);
  if (record === null) return first;
  return {
    offset: header.baseOffset + record.offsetDelta,
    timestamp: header.baseTimestamp + record.timestampDelta,
  };
}
