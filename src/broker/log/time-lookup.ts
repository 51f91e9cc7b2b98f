// Finds the first record since a time in one segment: by the index, then by batch headers, then by the records of a batch. Where
// a batch can't be decompressed, or the record's offset lies outside of it, the batch's first record is returned: it is not after
// the right one, so a consumer that seeks to it misses nothing.

import { decompress } from './decompress.ts';
import { firstRecordSince } from './record.ts';
import {
  BATCH_HEADER,
  type BatchHeader,
  codecOf,
  hasAppendTime,
  readHeader,
  storedSize,
} from './record-batch.ts';
import type { Segment } from './segment.ts';

export type TimedOffset = {
  readonly offset: number;
  readonly timestamp: number;
};

/** The first record of a segment with this timestamp, ms, or a later one; null if there is none. @throws {DamagedLog} */
export function firstRecordSinceTime(segment: Segment, timestamp: number): TimedOffset | null {
  let position = segment.index.positionOfTime(timestamp);
  while (position < segment.size) {
    const head = segment.readAt(position, BATCH_HEADER);
    const header = readHeader(head, 0);
    if (header.maxTimestamp >= timestamp) return within(segment, position, header, timestamp);
    position += storedSize(head, 0);
  }
  return null;
}

function within(segment: Segment, position: number, header: BatchHeader, timestamp: number): TimedOffset {
  const { baseOffset, lastOffset, baseTimestamp, size } = header;
  if (hasAppendTime(header)) return { offset: baseOffset, timestamp: header.maxTimestamp };
  const packed = segment.readAt(position + BATCH_HEADER, size - BATCH_HEADER);
  const codec = codecOf(header.attributes);
  const records = codec === 0 ? packed : decompress(codec, packed);
  const found = records && firstRecordSince(records, 0, header.records, timestamp - baseTimestamp);
  const isWithin = found && found.offsetDelta >= 0 && found.offsetDelta <= lastOffset - baseOffset;
  if (!isWithin) return { offset: baseOffset, timestamp: baseTimestamp };
  return { offset: baseOffset + found.offsetDelta, timestamp: baseTimestamp + found.timestampDelta };
}
