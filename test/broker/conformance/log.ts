// Produce, Fetch and ListOffsets, request by request.

import { expect, test } from 'vitest';
import { crcIsRight, hasAppendTime, readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, fetch, initProducerId, listOffset, produce, withCrc } from '../requests.ts';
import { wireClient } from '../wire-client.ts';
import { newTopic } from './ready.ts';

const LATEST = -1;
const EARLIEST = -2;

export function log(port: () => number): void {
  test('batches get consecutive offsets and come back as they were sent', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const first = batch({ values: ['a', 'b', 'c'] });
    expect(await produce(client, topic, first)).toEqual({ error: ErrorCode.NONE, baseOffset: 0 });
    expect(await produce(client, topic, batch({ values: ['d'] }))).toEqual({
      error: ErrorCode.NONE,
      baseOffset: 3,
    });
    const { records, highWatermark, startOffset } = await fetch(client, topic);
    expect({ highWatermark, startOffset }).toEqual({ highWatermark: 4, startOffset: 0 });
    expect(records.subarray(21, first.length)).toEqual(first.subarray(21)); // what the checksum covers
    expect(readHeader(records, first.length).baseOffset).toBe(3);
  });

  test('a fetch from the middle of a batch gets the whole batch', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    await produce(client, topic, batch({ values: ['a', 'b', 'c'] }));
    const { records } = await fetch(client, topic, { offset: 2 });
    expect(readHeader(records, 0).baseOffset).toBe(0);
  });

  test('the first batch comes whole even if it is larger than the limit', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const large = batch({ values: ['x'.repeat(50_000)] });
    await produce(client, topic, large);
    const { records } = await fetch(client, topic, { maxBytes: 10, partitionMaxBytes: 10 });
    expect(records.length).toBe(large.length);
  });

  test('a fetch at the end waits for its time and brings nothing', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const before = Date.now();
    const { error, records } = await fetch(client, topic, { maxWaitMs: 200 });
    expect({ error, bytes: records.length }).toEqual({ error: ErrorCode.NONE, bytes: 0 });
    expect(Date.now() - before).toBeGreaterThanOrEqual(190);
  });

  test('a waiting fetch is woken once its bytes are there', async () => {
    const [reader, writer] = [await wireClient(port()), await wireClient(port())];
    const topic = await newTopic(writer);
    const minBytes = batch().length + 1;
    const waiting = fetch(reader, topic, { maxWaitMs: 20_000, minBytes });
    await produce(writer, topic, batch());
    await new Promise((resolve) => setTimeout(resolve, 100));
    await produce(writer, topic, batch());
    expect((await waiting).records.length).toBeGreaterThanOrEqual(minBytes);
  });

  test('offsets beyond either end are out of range', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    await produce(client, topic, batch());
    expect((await fetch(client, topic, { offset: 2 })).error).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    expect((await fetch(client, topic, { offset: -1 })).error).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
  });

  test('what does not exist is unknown', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    expect((await fetch(client, 'no-such-topic')).error).toBe(unknown);
    expect((await fetch(client, topic, { partition: 7 })).error).toBe(unknown);
    expect((await produce(client, topic, batch(), 7)).error).toBe(unknown);
    expect((await listOffset(client, 'no-such-topic', LATEST)).error).toBe(unknown);
  });

  test('a leader epoch that never was is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    expect((await fetch(client, topic, { leaderEpoch: 9 })).error).toBe(ErrorCode.UNKNOWN_LEADER_EPOCH);
  });

  test('a batch with a wrong checksum is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const broken = batch();
    broken.writeUInt8(broken.readUInt8(broken.length - 2) ^ 1, broken.length - 2);
    expect((await produce(client, topic, broken)).error).toBe(ErrorCode.CORRUPT_MESSAGE);
  });

  test('a batch larger than the limit of its topic is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { configs: [['max.message.bytes', '200']] });
    expect((await produce(client, topic, batch({ values: ['x'.repeat(200)] }))).error).toBe(
      ErrorCode.MESSAGE_TOO_LARGE,
    );
    expect((await produce(client, topic, batch())).error).toBe(ErrorCode.NONE);
  });

  test('two batches in one partition of a request are refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    expect((await produce(client, topic, Buffer.concat([batch(), batch()]))).error).toBe(
      ErrorCode.INVALID_RECORD,
    );
  });

  test('a batch whose count of records is wrong is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const wrong = batch({ values: ['a', 'b'] });
    wrong.writeInt32BE(3, 57);
    expect((await produce(client, topic, withCrc(wrong))).error).toBe(ErrorCode.INVALID_RECORD);
  });

  test('a batch from the far future is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const send = async (timestamp: number) =>
      (await produce(client, topic, batch({ timestamps: [timestamp] }))).error;
    expect(await send(Date.now() + 7_200_000)).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(await send(Date.now() + 60_000)).toBe(ErrorCode.NONE);
  });

  test('a negative time without a meaning in the version of its request is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    expect((await listOffset(client, topic, -2)).error).toBe(ErrorCode.NONE);
    for (const time of [-3, -4, -5, -9])
      expect((await listOffset(client, topic, time)).error).toBe(ErrorCode.UNSUPPORTED_VERSION);
  });

  test('records of a time too long ago, or too far ahead, for the topic are refused', async () => {
    const client = await wireClient(port());
    const limits = [
      ['message.timestamp.before.max.ms', '60000'],
      ['message.timestamp.after.max.ms', '120000'],
      ['flush.messages', '1'],
      ['max.compaction.lag.ms', '9223372036854775807'],
      ['preallocate', 'false'],
    ] as const;
    const topic = await newTopic(client, { configs: limits });
    const at = async (ms: number) =>
      (await produce(client, topic, batch({ timestamps: [Date.now() + ms] }))).error;
    expect(await at(-30_000)).toBe(ErrorCode.NONE);
    expect(await at(90_000)).toBe(ErrorCode.NONE);
    expect(await at(-90_000)).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(await at(150_000)).toBe(ErrorCode.INVALID_TIMESTAMP);
  });

  test('a record without a key is refused in a compacted topic, in words', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { configs: [['cleanup.policy', 'compact']] });
    const answer = await client.ask(0, 8, (w) => {
      w.string(null).int16(-1).int32(1000);
      w.structs([topic], (name) => w.string(name).structs([0], (p) => w.int32(p).bytes(batch())));
    });
    const [words] = answer.structs(() => {
      answer.string();
      return answer.structs(() => {
        answer.int32();
        expect(answer.int16()).toBe(ErrorCode.INVALID_RECORD);
        for (let field = 0; field < 3; field++) answer.int64();
        const ofRecords = answer.structs(() => {
          answer.int32();
          return answer.nullableString();
        });
        return [...ofRecords, answer.nullableString()].join(' ');
      });
    });
    expect(words?.[0]).toContain('Compacted topic cannot accept message without key in topic partition');
  });

  test('a topic may give records the time of their append', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { configs: [['message.timestamp.type', 'LogAppendTime']] });
    const before = Date.now();
    const sent = batch({ values: ['a', 'b'], timestamps: [5, before + 86_400_000] });
    const produced = await produce(client, topic, sent);
    expect(produced).toMatchObject({ error: ErrorCode.NONE, baseOffset: 0 });
    const { records } = await fetch(client, topic);
    const header = readHeader(records, 0);
    expect(hasAppendTime(header)).toBe(true);
    expect(crcIsRight(records, 0, header.size)).toBe(true);
    expect(header.maxTimestamp).toBeGreaterThanOrEqual(before);
    expect(header.maxTimestamp).toBeLessThanOrEqual(Date.now());
    expect(await listOffset(client, topic, before)).toEqual({
      error: 0,
      timestamp: header.maxTimestamp,
      offset: 0,
    });
    expect((await listOffset(client, topic, header.maxTimestamp + 1)).offset).toBe(-1);
  });

  test('the ends of the log are found by their names', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    await produce(client, topic, batch({ values: ['a', 'b'] }));
    expect((await listOffset(client, topic, EARLIEST)).offset).toBe(0);
    expect((await listOffset(client, topic, LATEST)).offset).toBe(2);
  });

  test('a time finds the first record that is not older', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const base = 1_700_000_000_000;
    await produce(
      client,
      topic,
      batch({ values: ['a', 'b', 'c'], timestamps: [base, base + 100, base + 200] }),
    );
    await produce(client, topic, batch({ values: ['d'], timestamps: [base + 300] }));
    const at = (timestamp: number) => listOffset(client, topic, timestamp);
    expect(await at(base - 5)).toEqual({ error: 0, timestamp: base, offset: 0 });
    expect(await at(base + 100)).toEqual({ error: 0, timestamp: base + 100, offset: 1 });
    expect(await at(base + 101)).toEqual({ error: 0, timestamp: base + 200, offset: 2 });
    expect(await at(base + 201)).toEqual({ error: 0, timestamp: base + 300, offset: 3 });
    expect(await at(base + 301)).toEqual({ error: 0, timestamp: -1, offset: -1 });
  });

  test('a batch of an idempotent producer sent again gets its first offset', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producerId = await initProducerId(client);
    const send = (sequence: number, epoch = 0) =>
      produce(client, topic, batch({ values: ['a', 'b'], producerId, epoch, sequence }));
    expect(await send(0)).toEqual({ error: 0, baseOffset: 0 });
    expect(await send(2)).toEqual({ error: 0, baseOffset: 2 });
    expect(await send(0)).toEqual({ error: 0, baseOffset: 0 });
    expect((await listOffset(client, topic, LATEST)).offset).toBe(4);
  });

  test('a gap in the sequence and an old epoch are refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producerId = await initProducerId(client);
    const send = (sequence: number, epoch: number) =>
      produce(client, topic, batch({ producerId, epoch, sequence })).then(({ error }) => error);
    expect(await send(0, 1)).toBe(ErrorCode.NONE);
    expect(await send(5, 1)).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(await send(1, 0)).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
    expect(await send(1, 1)).toBe(ErrorCode.NONE);
  });

  test('producer ids are given out once', async () => {
    const client = await wireClient(port());
    const ids = [await initProducerId(client), await initProducerId(client), await initProducerId(client)];
    expect(new Set(ids).size).toBe(3);
  });
}
