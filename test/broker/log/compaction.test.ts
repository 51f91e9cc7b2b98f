// Compaction against a plain map: whatever is appended, compacted, reopened or cut off in the middle of a swap, of each key the
// last record is there, at its offset.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { decompress } from '../../../src/broker/log/decompress.ts';
import { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { forEachRecord } from '../../../src/broker/log/record.ts';
import { BATCH_HEADER, batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import type { TopicConfig } from '../../../src/broker/log/topic-config.ts';
import type { BrokerLog } from '../../../src/broker/options.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, produce, withCrc } from '../requests.ts';
import { adminAt, kafkaAt, testBroker, testFolder } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';
import { zstdFrame } from '../zstd.ts';
import { crashesOf } from './crashes.ts';

const NOW = 1_700_000_000_000;
const DAY = 86_400_000;
const CONFIG: TopicConfig = {
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
const QUIET: BrokerLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const goOn = async () => false;

type Rec = { readonly key: string; readonly value: string | null };
type Seen = Rec & { readonly offset: number };

const open = (folder: string, config: Partial<TopicConfig> = {}) =>
  new PartitionLog(folder, 'topic-0', { ...CONFIG, ...config }, QUIET, NOW);

const PACKED = {
  none: { codec: 0, pack: (bytes: Buffer) => bytes },
  gzip: { codec: 1, pack: (bytes: Buffer) => gzipSync(bytes) },
  zstd: { codec: 4, pack: zstdFrame },
} as const;
type Codec = keyof typeof PACKED;

function packed(bytes: Buffer, name: Codec): Buffer {
  const { codec, pack } = PACKED[name];
  const made = Buffer.concat([bytes.subarray(0, BATCH_HEADER), pack(bytes.subarray(BATCH_HEADER))]);
  made.writeInt32BE(made.length - 12, 8);
  made.writeInt16BE(codec, 21);
  return withCrc(made);
}

function append(log: PartitionLog, records: readonly Rec[], codec: Codec = 'none', time = NOW): number {
  const plain = batch({
    keys: records.map(({ key }) => key),
    values: records.map(({ value }) => value),
    timestamps: records.map(() => time),
  });
  const bytes = packed(plain, codec);
  return log.append(bytes, readHeader(bytes, 0), time);
}

/** Every record of the log, as a consumer reads it: from each batch on to the next. */
function readAll(log: PartitionLog): Seen[] {
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
async function allSealed(folder: string): Promise<void> {
  const count = (end: string) => filesOf(folder, end).length;
  while (count('.seal') < count('.log') - 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function compact(log: PartitionLog, folder: string, now = NOW): Promise<void> {
  await allSealed(folder);
  await log.compact(now, goOn);
}

const filesOf = (folder: string, end: string) => readdirSync(folder).filter((name) => name.endsWith(end));

/** The last record of each key, of all that were appended. */
const latestOf = (records: readonly Seen[]) => new Map(records.map((record) => [record.key, record]));

function expectLatest(log: PartitionLog, all: readonly Seen[], tombstones: 'kept' | 'may be gone'): void {
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

const anyBatch = fc.record({
  codec: fc.constantFrom<Codec>('none', 'gzip', 'zstd'),
  records: fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'ff'),
      value: fc.option(fc.constantFrom('x', 'yy', 'z'.repeat(200)), { freq: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});
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

test('a log that is cut off at any step of any pass has the last record of each key, and goes on from there', async () => {
  const anyCut = fc.nat(1000).map((at) => ({ kind: 'cut' as const, at }));
  const anyLife = fc.oneof(
    { weight: 5, arbitrary: anyBatch.map((one) => ({ kind: 'append' as const, ...one })) },
    { weight: 1, arbitrary: anyCut },
  );
  let cuts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 15, maxLength: 30 }), async (steps) => {
      const outer = testFolder();
      let folder = `${outer}/log`;
      let log = open(folder);
      const all: Seen[] = [];
      for (const one of steps) {
        if (one.kind === 'append') {
          const base = append(log, one.records, one.codec);
          all.push(...one.records.map((record, index) => ({ ...record, offset: base + index })));
          continue;
        }
        await allSealed(folder);
        const crashes = await crashesOf(folder, () => log.compact(NOW, goOn));
        log.close();
        cuts += crashes.length;
        for (const crashed of crashes) {
          const cut = open(crashed);
          expect(cut.endOffset).toBe(all.length);
          expectLatest(cut, all, 'kept');
          cut.close();
        }
        folder = crashes[one.at % crashes.length] ?? folder;
        log = open(folder);
      }
      log.close();
      rmSync(outer, { recursive: true });
    }),
    { numRuns: 10 },
  );
  expect(cuts).toBeGreaterThan(20);
});

/** A log of many segments with one living key in a hundred. */
function fill(log: PartitionLog, rounds = 60): Seen[] {
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

test('a pass frees what is obsolete, and a log that is new by less than the ratio is left alone', async () => {
  const folder = testFolder();
  const log = open(folder, { minCleanableDirtyRatio: 0.5 });
  const all = fill(log);
  const before = log.bytes;
  await compact(log, folder);
  expect(log.bytes).toBeLessThan(before / 4);
  expectLatest(log, all, 'kept');
  const cleaned = log.bytes;
  await compact(log, folder);
  expect(log.bytes).toBe(cleaned);
  log.close();
});

test('a pass that has memory for a few keys does its part, and the next ones the rest', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all: Seen[] = [];
  for (let round = 0; round < 40; round++) {
    const records = [0, 1].map((n) => ({ key: `key ${(round * 2 + n) % 8}`, value: `${round}`.repeat(60) }));
    const base = append(log, records);
    all.push(...records.map((record, index) => ({ ...record, offset: base + index })));
  }
  await allSealed(folder);
  const sizes = [log.bytes];
  for (let pass = 0; pass < 40; pass++) {
    await log.compact(NOW, goOn, 5);
    expectLatest(log, all, 'kept');
    sizes.push(log.bytes);
  }
  const passes = new Set(sizes).size - 1;
  expect(passes).toBeGreaterThan(2);
  log.close();
  const whole = open(folder);
  await compact(whole, folder);
  expect(whole.bytes).toBe(sizes.at(-1));
  whole.close();
});

test('what is new for as long as the topic lets it wait is compacted, whatever its share', async () => {
  const folder = testFolder();
  const log = open(folder, { minCleanableDirtyRatio: 1, maxCompactionLagMs: 60_000 });
  fill(log);
  await compact(log, folder);
  const cleaned = log.bytes;
  fill(log, 10);
  const before = log.bytes;
  expect(before).toBeGreaterThan(cleaned);
  await compact(log, folder, NOW + 59_999);
  expect(log.bytes).toBe(before);
  await compact(log, folder, NOW + 60_000);
  expect(log.bytes).toBeLessThan(before);
  log.close();
});

test('what was compacted before a restart is not compacted again after it', async () => {
  const folder = testFolder();
  const config = { minCleanableDirtyRatio: 0.9 };
  let log = open(folder, config);
  fill(log, 60);
  await compact(log, folder);
  log.close();
  const cleaned = readdirSync(folder).filter((name) => name.endsWith('.log')).length;
  log = open(folder, config);
  while (readdirSync(folder).filter((name) => name.endsWith('.log')).length < cleaned + 1)
    append(log, [{ key: 'a', value: 'obsolete' }]);
  append(log, [{ key: 'a', value: 'last' }]);
  const before = readAll(log);
  await compact(log, folder);
  expect(readAll(log)).toEqual(before);
  log.close();
});

test('a swap that fails at its seal leaves what is known of idempotent producers', async () => {
  const both = testFolder();
  const [folder, crashed] = [`${both}/log`, `${both}/crashed`];
  const log = open(folder);
  const value = 'x'.repeat(300);
  for (let sequence = 0; sequence < 4; sequence++) {
    const bytes = batch({
      keys: ['a'],
      values: [value],
      timestamps: [NOW],
      producerId: 7,
      epoch: 0,
      sequence,
    });
    log.append(bytes, readHeader(bytes, 0), NOW);
  }
  const known = log.producers.get(7);
  append(log, [{ key: 'a', value: 'last' }]);
  const seals = () => readdirSync(folder).filter((name) => name.endsWith('.seal'));
  await expect.poll(seals).toHaveLength(1);
  mkdirSync(`${folder}/${seals()[0]}.new`);
  await expect(compact(log, folder)).rejects.toThrow('EISDIR');
  cpSync(folder, crashed, { recursive: true });
  log.close();
  const again = open(crashed);
  expect(again.producers.get(7)?.batches).toEqual(known?.batches);
  again.close();
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

test('a log that was compacted and is so no more is whole after a crash', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all = fill(log);
  await compact(log, folder);
  log.close();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.seal'))) rmSync(`${folder}/${name}`);
  const again = open(folder, { isCompacted: false, isDeleted: true });
  expect(again.endOffset).toBe(all.length);
  expectLatest(again, all, 'kept');
  again.close();
});

test('records younger than the compaction lag are left alone', async () => {
  const folder = testFolder();
  const log = open(folder, { minCompactionLagMs: 60_000 });
  fill(log);
  const before = log.bytes;
  await compact(log, folder, NOW + 59_999);
  expect(log.bytes).toBe(before);
  await compact(log, folder, NOW + 60_000);
  expect(log.bytes).toBeLessThan(before);
  log.close();
});

/** Appends one segment's worth at a time: a record that stays, of a time of its own, and one that goes with the next. */
function appendLeaving(log: PartitionLog, all: Seen[], segments: number): void {
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
function appendIdempotent(log: PartitionLog, all: Seen[], sequence: number): void {
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

test('a log that was cut off at any step of a pass has the last record of each key, and knows its producers', async () => {
  const folder = `${testFolder()}/log`;
  const log = open(folder);
  const all: Seen[] = [];
  appendLeaving(log, all, 4);
  // Each in a segment of its own, with nothing behind them.
  let age = NOW;
  const close = () => {
    age += CONFIG.segmentMs;
    log.retain(age);
  };
  for (const sequence of [0, 1, 2]) {
    close();
    appendIdempotent(log, all, sequence);
  }
  close();
  const crashes = await crashesOf(folder, async () => {
    await compact(log, folder, NOW + 1000);
    appendIdempotent(log, all, 3);
    close();
    await compact(log, folder, NOW + 1000);
  });
  log.close();
  expect(filesOf(folder, '.log')).toHaveLength(4);
  expect(crashes.length).toBeGreaterThan(20);
  const check = (cut: PartitionLog) => {
    const written = all.slice(0, cut.endOffset);
    expectLatest(cut, written, 'kept');
    const idempotent = written.filter(({ key }) => key === 'idempotent').map(({ offset }) => offset);
    expect(cut.producers.get(7)?.batches.map(({ baseOffset }) => baseOffset)).toEqual(idempotent);
  };
  for (const crashed of crashes) {
    const cut = open(crashed);
    check(cut);
    expect(filesOf(crashed, '.cleaned')).toEqual([]);
    await compact(cut, crashed, NOW + 1000);
    check(cut);
    cut.close();
  }
});

test('segments of which little is left become one, up to the size of a segment', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all: Seen[] = [];
  appendLeaving(log, all, 40);
  expect(filesOf(folder, '.log')).toHaveLength(40);
  await compact(log, folder, NOW + 1000);
  appendLeaving(log, all, 1);
  const readBefore = log.read(0, 4_000, false);
  await compact(log, folder, NOW + 1000);
  expect(filesOf(folder, '.log').length).toBeLessThan(10);
  for (const name of filesOf(folder, '.log'))
    expect(statSync(`${folder}/${name}`).size).toBeLessThanOrEqual(CONFIG.segmentBytes);
  expect(readHeader(readBefore, 0).baseOffset).toBe(0);
  const check = (one: PartitionLog) => {
    expectLatest(one, all, 'kept');
    for (let offset = 0; offset < 80; offset += 2) {
      expect(one.findTime(NOW + offset)).toEqual({ offset, timestamp: NOW + offset });
      expect(readHeader(one.read(offset, 1, false), 0).baseOffset).toBe(offset);
    }
  };
  check(log);
  log.close();
  const again = open(folder);
  check(again);
  again.close();
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

test('a pass that is ended, and a log that is closed meanwhile, lose nothing', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 400_000 });
  for (let n = 0; n < 100; n++) append(log, [{ key: `${n % 3}`, value: 'x'.repeat(100_000) }]);
  const keysOf = (one: PartitionLog) =>
    [...latestOf(readAll(one)).values()].map(({ key, offset }) => `${key} ${offset}`).toSorted();
  const expected = keysOf(log);
  expect(expected).toEqual(['0 99', '1 97', '2 98']);
  await log.compact(NOW, async () => true);
  expect(keysOf(log)).toEqual(expected);
  const running = log.compact(NOW, () => new Promise((resolve) => setTimeout(() => resolve(false), 5)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  log.close();
  await running.catch(() => {});
  const again = open(folder);
  expect(keysOf(again)).toEqual(expected);
  again.close();
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

test('a pass ends at a batch that has rotten, and gives it no right CRC', async () => {
  const folder = testFolder();
  const log = open(folder, { segmentBytes: 400 });
  for (let i = 0; i < 40; i++) append(log, [{ key: 'a', value: `value ${i}` }]);
  await allSealed(folder);
  const [, name = ''] = readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .sort();
  const rotten = readFileSync(`${folder}/${name}`);
  rotten[BATCH_HEADER + 8] = (rotten[BATCH_HEADER + 8] ?? 0) ^ 1;
  writeFileSync(`${folder}/${name}`, rotten);
  const said = vi.fn();
  log.close();
  const again = new PartitionLog(
    folder,
    'topic-0',
    { ...CONFIG, segmentBytes: 400 },
    { ...QUIET, error: said },
    NOW,
  );
  for (let pass = 0; pass < 2; pass++) await again.compact(NOW, goOn);
  expect(readFileSync(`${folder}/${name}`)).toEqual(rotten);
  expect(said.mock.calls).toEqual([
    [
      {
        partition: 'topic-0',
        error: expect.objectContaining({ message: expect.stringContaining(`${name}: received`) }),
      },
      expect.stringContaining('cannot compact'),
    ],
  ]);
  expect(again.endOffset).toBe(40);
  again.close();
});
