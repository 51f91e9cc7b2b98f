// A compacted log in a folder, as tests fill it, compact it and read it: what is left is compared with a plain map of what was appended.

import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import { decompress } from '../../../src/broker/log/decompress.ts';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { forEachRecord } from '../../../src/broker/log/record.ts';
import { BATCH_HEADER, batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import type { TopicConfig } from '../../../src/broker/log/topic-config.ts';
import type { BrokerLog } from '../../../src/broker/options.ts';
import { batch, withCrc } from '../requests.ts';
import { zstdFrame } from '../zstd.ts';

export const NOW = 1_700_000_000_000;

export const DAY = 86_400_000;

export const CONFIG: TopicConfig = {
  segmentBytes: 1024,
  segmentMs: 1e12,
  retentionMs: -1,
  retentionBytes: -1,
  maxMessageBytes: 1 << 20,
  isCompacted: true,
  isAppendTimed: false,
  isDeleted: false,
  minCleanableDirtyRatio: 0,
  minCompactionLagMs: 0,
  maxCompactionLagMs: 2 ** 63,
  flushMessages: 2 ** 63,
  timestampBeforeMaxMs: 2 ** 63,
  timestampAfterMaxMs: 3_600_000,
  deleteRetentionMs: DAY,
};

const nothing = () => {};

export const QUIET: BrokerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const goOn = async () => false;

export type Rec = { readonly key: string; readonly value: string | null };

export type Seen = Rec & { readonly offset: number };

export const open = (folder: string, config: Partial<TopicConfig> = {}) =>
  new PartitionLog(folder, 'topic-0', { ...CONFIG, ...config }, QUIET, NOW);

export const PACKED = {
  none: { codec: 0, pack: (bytes: Buffer) => bytes },
  gzip: { codec: 1, pack: (bytes: Buffer) => gzipSync(bytes) },
  zstd: { codec: 4, pack: zstdFrame },
} as const;

export type Codec = keyof typeof PACKED;

export function packed(bytes: Buffer, name: Codec): Buffer {
  const { codec, pack } = PACKED[name];
  const made = Buffer.concat([bytes.subarray(0, BATCH_HEADER), pack(bytes.subarray(BATCH_HEADER))]);
  made.writeInt32BE(made.length - 12, 8);
  made.writeInt16BE(codec, 21);
  return withCrc(made);
}

export function append(
  log: PartitionLog,
  records: readonly Rec[],
  codec: Codec = 'none',
  time = NOW,
): number {
  const plain = batch({
    keys: records.map(({ key }) => key),
    values: records.map(({ value }) => value),
    timestamps: records.map(() => time),
  });
  const bytes = packed(plain, codec);
  return log.append(bytes, readHeader(bytes, 0), time);
}

/** Every record of the log, as a consumer reads it: from each batch on to the next. */
export function readAll(log: PartitionLog): Seen[] {
  const seen: Seen[] = [];
  for (let next = log.startOffset; next < log.endOffset; ) {
    const records = log.read(next, 4_000, false);
    if (records.length === 0) break;
    for (let at = 0; at < records.length; at += batchSize(records, at)) {
      const header = readHeader(records, at);
      const body = records.subarray(at + BATCH_HEADER, at + header.size);
      const plain = (header.attributes & 7) === 0 ? body : (decompress(header.attributes & 7, body) ?? body);
      let count = 0;
      forEachRecord(plain, header.records, ({ key, value, offsetDelta }) => {
        count += 1;
        const offset = header.baseOffset + offsetDelta;
        if (offset >= next)
          seen.push({ key: String(key), value: value === undefined ? null : String(value), offset });
      });
      expect(count).toBe(header.records);
      next = nextOffset(records, at);
    }
  }
  return seen;
}

/** Waits for the seals of all closed segments, which are written behind the appends. */
export async function allSealed(folder: string): Promise<void> {
  const count = (end: string) => filesOf(folder, end).length;
  while (count('.seal') < count('.log') - 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

export async function compact(log: PartitionLog, folder: string, now = NOW): Promise<void> {
  await allSealed(folder);
  await log.compact(now, goOn);
}

export const filesOf = (folder: string, end: string) =>
  readdirSync(folder).filter((name) => name.endsWith(end));

/** The last record of each key, of all that were appended. */
export const latestOf = (records: readonly Seen[]) => new Map(records.map((record) => [record.key, record]));

export function expectLatest(
  log: PartitionLog,
  all: readonly Seen[],
  tombstones: 'kept' | 'may be gone',
): void {
  const seen = readAll(log);
  expect(seen.map(({ offset }) => offset)).toEqual(
    seen.map(({ offset }) => offset).toSorted((a, b) => a - b),
  );
  // Nothing is made up, and nothing is out of its place.
  for (const record of seen) expect(record).toEqual(all[record.offset]);
  const [left, expected] = [latestOf(seen), latestOf(all)];
  for (const [key, record] of expected) {
    if (record.value !== null || tombstones === 'kept') expect(left.get(key)).toEqual(record);
    else expect([record, undefined]).toContainEqual(left.get(key));
  }
}

export const anyBatch = fc.record({
  codec: fc.constantFrom<Codec>('none', 'gzip', 'zstd'),
  records: fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'ff'),
      value: fc.option(fc.constantFrom('x', 'yy', 'z'.repeat(200)), { freq: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** A log of many segments with one living key in a hundred. */
export function fill(log: PartitionLog, rounds = 60): Seen[] {
  const all: Seen[] = [];
  for (let round = 0; round < rounds; round++) {
    const records = ['a', 'b', 'c'].map((key) => ({ key, value: `${round}`.repeat(40) }));
    const base = append(
      log,
      round === 0 ? [...records, { key: 'once', value: 'stays' }] : records,
      (['none', 'gzip', 'zstd'] as const)[round % 3],
    );
    const given = round === 0 ? [...records, { key: 'once', value: 'stays' }] : records;
    all.push(...given.map((record, index) => ({ ...record, offset: base + index })));
  }
  return all;
}

/** Appends one segment's worth at a time: a record that stays, of a time of its own, and one that goes with the next. */
export function appendLeaving(log: PartitionLog, all: Seen[], segments: number): void {
  for (let n = 0; n < segments; n++) {
    const records = [
      { key: `stays ${all.length}`, value: 'x'.repeat(60) },
      { key: 'goes', value: 'y'.repeat(800) },
    ];
    const base = append(log, records, 'none', NOW + all.length);
    all.push(...records.map((record, index) => ({ ...record, offset: base + index })));
  }
}

/** A record of idempotent producer 7. */
export function appendIdempotent(log: PartitionLog, all: Seen[], sequence: number): void {
  const given = { key: 'idempotent', value: String(sequence) };
  const bytes = batch({
    keys: [given.key],
    values: [given.value],
    timestamps: [NOW],
    producerId: 7,
    epoch: 3,
    sequence,
  });
  all.push({ ...given, offset: log.append(bytes, readHeader(bytes, 0), NOW) });
}
