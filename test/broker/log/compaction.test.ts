// Compaction against a plain map: after any appends, passes and reopenings, the log has the last record of each key at its offset.

import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, produce } from '../requests.ts';
import { adminAt, kafkaAt, testBroker, testFolder } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';
import {
  anyBatch,
  append,
  compact,
  DAY,
  expectLatest,
  NOW,
  open,
  readAll,
  type Seen,
} from './a-compacted-log.ts';

const anyStep = fc.oneof(
  { weight: 6, arbitrary: anyBatch.map((one) => ({ kind: 'append' as const, ...one })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'compact' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

test('of each key the last record is left, at its offset, whatever comes in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      const folder = testFolder();
      let log = open(folder);
      const all: Seen[] = [];
      for (const one of steps) {
        if (one.kind === 'append') {
          const base = append(log, one.records, one.codec);
          expect(base).toBe(all.length);
          all.push(...one.records.map((record, index) => ({ ...record, offset: base + index })));
        } else if (one.kind === 'compact') await compact(log, folder);
        else {
          log.close();
          log = open(folder);
        }
        expect(log.endOffset).toBe(all.length);
        expectLatest(log, all, 'kept');
      }
      log.close();
      rmSync(folder, { recursive: true });
    }),
    { numRuns: 150 },
  );
});

test('tombstones stay for as long as the topic says, and go then', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all: Seen[] = [];
  const add = (key: string, value: string | null) =>
    all.push({ key, value, offset: append(log, [{ key, value }]) });
  add('a', 'x');
  add('a', null);
  for (let n = 0; n < 30; n++) add('b', `${n}`.repeat(100));
  await compact(log, folder);
  expectLatest(log, all, 'kept');
  expect(readAll(log).filter(({ key }) => key === 'a')).toEqual([{ key: 'a', value: null, offset: 1 }]);
  for (let n = 0; n < 30; n++) add('b', `${n}`.repeat(100));
  await compact(log, folder, NOW + DAY - 1);
  expect(readAll(log).some(({ key }) => key === 'a')).toBe(true);
  for (let n = 0; n < 30; n++) add('b', `${n}`.repeat(100));
  await compact(log, folder, NOW + DAY + 1);
  expect(readAll(log).some(({ key }) => key === 'a')).toBe(false);
  expectLatest(log, all, 'may be gone');
  log.close();
});

test('tombstones stay for their time from the first pass over them, however old they are, with their timestamps', async () => {
  const folder = testFolder();
  const log = open(folder);
  const old = NOW - 365 * DAY;
  const more = (time: number) => {
    for (let n = 0; n < 12; n++) append(log, [{ key: 'b', value: `${n}`.repeat(300) }], 'none', time);
  };
  const hasTombstone = () => readAll(log).some(({ key }) => key === 'a');
  append(log, [{ key: 'a', value: 'x' }], 'none', old);
  const deletion = [{ key: 'stays', value: 'y' }, ...['a', 'a'].map((key) => ({ key, value: null }))];
  append(log, deletion, 'gzip', old + 1);
  more(old);
  await compact(log, folder);
  expect(readHeader(log.read(1, 1, false), 0)).toMatchObject({
    records: 2,
    baseTimestamp: NOW + DAY,
    maxTimestamp: old + 1,
    attributes: 1 << 6,
  });
  expect(log.findTime(old + 1)).toEqual({ offset: 1, timestamp: old + 1 });
  more(old);
  await compact(log, folder, NOW + DAY - 1);
  expect(hasTombstone()).toBe(true);
  more(old);
  await compact(log, folder, NOW + DAY);
  expect(hasTombstone()).toBe(false);
  expect(log.findTime(old + 1)).toEqual({ offset: 1, timestamp: old + 1 });
  log.close();
});

test('clients make compacted topics, read what is left over the gaps, and may not send records without a key', async () => {
  const { port } = await testBroker({ compactionCheckMs: 20 });
  const admin = await adminAt(port);
  const entries = Object.entries({
    'cleanup.policy': 'compact',
    'segment.bytes': '2048',
    'min.cleanable.dirty.ratio': '0.1',
    'delete.retention.ms': '100',
    'min.compaction.lag.ms': '0',
  });
  await admin.createTopics({
    topics: [
      { topic: 'state', numPartitions: 1, configEntries: entries.map(([name, value]) => ({ name, value })) },
    ],
  });
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: 'state' }],
  });
  const values = new Map(
    described.resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
  for (const [name, value] of entries) expect(`${name}=${values.get(name)}`).toBe(`${name}=${value}`);

  const kafka = kafkaAt(port);
  const producer = kafka.producer();
  await producer.connect();
  const last = new Map<string, string>();
  for (let n = 0; n < 200; n++) {
    const messages = ['a', 'b', 'c'].map((key) => ({ key, value: `${key} ${n} ${'x'.repeat(50)}` }));
    for (const { key, value } of messages) last.set(key, value);
    await producer.send({ topic: 'state', messages });
  }
  await producer.disconnect();

  const client = await wireClient(port);
  expect((await produce(client, 'state', batch({ values: ['no key'] }))).error).toBe(
    ErrorCode.INVALID_RECORD,
  );

  const read = async () => {
    const consumer = kafka.consumer({ groupId: `read-${Math.random()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: 'state', fromBeginning: true });
    const seen: string[] = [];
    const state = new Map<string, string>();
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachMessage: async ({ message }) => {
          seen.push(message.offset);
          state.set(String(message.key), String(message.value));
          if (message.offset === '599') resolve();
        },
      });
    });
    await consumer.disconnect();
    return { seen, state };
  };
  await expect.poll(async () => (await read()).seen.length, { timeout: 120_000 }).toBeLessThan(100);
  const { seen, state } = await read();
  expect(seen).toEqual(seen.toSorted((a, b) => Number(a) - Number(b)));
  expect(state).toEqual(last);
}, 240_000);
