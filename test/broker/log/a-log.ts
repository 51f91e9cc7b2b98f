// A partition's log in a folder, as tests open it, append to it and read it.

import { readdirSync } from 'node:fs';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import type { TopicConfig } from '../../../src/broker/log/topic-config.ts';
import type { BrokerLog } from '../../../src/broker/options.ts';
import { type BatchOptions, batch } from '../requests.ts';

export const CONFIG: TopicConfig = {
  segmentBytes: 1 << 20,
  segmentMs: 1e9,
  retentionMs: -1,
  retentionBytes: -1,
  maxMessageBytes: 1 << 20,
  isCompacted: false,
  isAppendTimed: false,
  isDeleted: true,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: 2 ** 63,
  flushMessages: 2 ** 63,
  timestampBeforeMaxMs: 2 ** 63,
  timestampAfterMaxMs: 3_600_000,
  deleteRetentionMs: 86_400_000,
};
const nothing = () => {};
const QUIET: BrokerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
export const NOW = 1_700_000_000_000;

export function open(folder: string, config: Partial<TopicConfig> = {}, now = NOW): PartitionLog {
  return new PartitionLog(folder, 'topic-0', { ...CONFIG, ...config }, QUIET, now);
}

export function append(log: PartitionLog, options: BatchOptions = {}, now = NOW): number {
  const bytes = batch(options);
  return log.append(bytes, readHeader(bytes, 0), now);
}

/** Base offsets of the batches from `offset` to the end of the log, read in steps of at most `maxBytes`. */
export function baseOffsets(log: PartitionLog, offset: number, maxBytes = 1 << 20): number[] {
  const found: number[] = [];
  for (let next = offset; next < log.endOffset; ) {
    const records = log.read(next, maxBytes, false);
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      found.push(readHeader(records, at).baseOffset);
      next = nextOffset(records, at);
    }
  }
  return found;
}

/** The files of its segments. */
export const segments = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.log'));
