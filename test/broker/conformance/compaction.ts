// Compaction beside consumers: one that is never behind reads every record, a later one the last record of each key.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { forEachRecord } from '../../../src/broker/log/record.ts';
import { BATCH_HEADER, batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, fetch, produce } from '../requests.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { newTopic } from './ready.ts';

const KEYS = 5;
/** A segment, 1 MiB as Apache Kafka 4 wants it at least, has ten of these. */
const PADDING = 'x'.repeat(100_000);

type Seen = { readonly offset: number; readonly key: string; readonly value: string };

const written = (offset: number): Seen => ({ offset, key: `key ${offset % KEYS}`, value: `value ${offset}` });

/** The records of the batches that a fetch from an offset brings, and where the next one goes on. */
async function readFrom(client: WireClient, topic: string, offset: number) {
  const { records } = await fetch(client, topic, { offset, maxWaitMs: 10_000, partitionMaxBytes: 1 });
  const seen: Seen[] = [];
  let next = offset;
  for (let at = 0; at < records.length; at += batchSize(records, at)) {
    const header = readHeader(records, at);
    forEachRecord(records.subarray(at + BATCH_HEADER, at + header.size), header.records, (record) => {
      const [value = ''] = String(record.value).split(';');
      seen.push({ offset: header.baseOffset + record.offsetDelta, key: String(record.key), value });
    });
    next = nextOffset(records, at);
  }
  return { seen: seen.filter((record) => record.offset >= offset), next };
}

async function write(client: WireClient, topic: string, offset: number): Promise<void> {
  const { key, value } = written(offset);
  const records = batch({ keys: [key], values: [`${value};${PADDING}`], timestamps: [Date.now()] });
  expect(await produce(client, topic, records)).toEqual({ error: ErrorCode.NONE, baseOffset: offset });
}

export function compaction(port: () => number): void {
  test('a reader at work during compaction misses nothing, one that comes later has the last record of each key', {
    timeout: 120_000,
  }, async () => {
    const [writer, reader, other] = [
      await wireClient(port()),
      await wireClient(port()),
      await wireClient(port()),
    ];
    const topic = await newTopic(writer, {
      configs: [
        ['cleanup.policy', 'compact'],
        ['segment.bytes', String(1024 * 1024)],
        ['min.cleanable.dirty.ratio', '0.01'],
      ],
    });
    let end = 0;
    const writeAndRead = async () => {
      await write(writer, topic, end);
      expect(await readFrom(reader, topic, end)).toEqual({ seen: [written(end)], next: end + 1 });
      end += 1;
    };
    while (end < 45) await writeAndRead();
    // Goes on until passes of compaction have been over the start.
    while ((await readFrom(other, topic, 0)).seen[0]?.offset === 0) {
      await writeAndRead();
      await sleep(50);
    }
    const state = new Map<string, Seen>();
    let count = 0;
    let last = -1;
    for (let next = 0; next < end; ) {
      const read = await readFrom(other, topic, next);
      for (const record of read.seen) {
        expect(record).toEqual(written(record.offset));
        expect(record.offset).toBeGreaterThan(last);
        last = record.offset;
        state.set(record.key, record);
        count += 1;
      }
      next = read.next;
      if (end < 200) await writeAndRead();
    }
    const latest = Array.from({ length: KEYS }, (_, n) => written(end - KEYS + n));
    expect([...state.values()].sort((a, b) => a.offset - b.offset)).toEqual(latest);
    expect(count).toBeLessThan(end);
  });
}
