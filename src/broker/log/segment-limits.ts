// When a segment is closed, and when it is deleted, by the settings of its topic.

import { MOST_OFFSETS } from './compact-segments.ts';
import type { Segment } from './segment.ts';
import type { TopicConfig } from './topic-config.ts';

type Limits = Pick<
  TopicConfig,
  'segmentBytes' | 'segmentMs' | 'isCompacted' | 'maxCompactionLagMs' | 'retentionMs' | 'retentionBytes'
>;

/** Whether a segment has to be closed before `bytes` and `records` are appended at `now`, ms; never where it is empty. */
export function isFull(
  {
    size,
    openedAt,
    baseOffset,
    nextOffset,
  }: Pick<Segment, 'size' | 'openedAt' | 'baseOffset' | 'nextOffset'>,
  bytes: number,
  records: number,
  { segmentBytes, segmentMs, isCompacted, maxCompactionLagMs }: Limits,
  now: number,
): boolean {
  if (size === 0) return false;
  // The record count of a compressed batch is not checked, and may be any number.
  if (nextOffset + records - baseOffset > MOST_OFFSETS) return true;
  const longestMs = isCompacted ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
  return size + bytes > segmentBytes || now - openedAt >= longestMs;
}

/** Whether the last record of a segment is older at `now`, ms, than its topic keeps records. */
export function isExpired(
  { lastTime }: Pick<Segment, 'lastTime'>,
  { retentionMs }: Pick<Limits, 'retentionMs'>,
  now: number,
): boolean {
  return retentionMs >= 0 && lastTime < now - retentionMs;
}

/**
 * How many of the closed segments, oldest first, are past their topic's retention: by time, or as the partition has
 * retention.bytes without them.
 * @param bytes of the whole partition
 */
export function countExpired(
  closed: readonly Pick<Segment, 'lastTime' | 'size'>[],
  bytes: number,
  limits: Pick<Limits, 'retentionMs' | 'retentionBytes'>,
  now: number,
): number {
  const { retentionBytes } = limits;
  let left = bytes;
  for (const [index, segment] of closed.entries()) {
    const isOver = retentionBytes >= 0 && left - segment.size >= retentionBytes;
    if (!isOver && !isExpired(segment, limits, now)) return index;
    left -= segment.size;
  }
  return closed.length;
}
