import { truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { epochProblem } from '../../../src/broker/api/01-fetch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { batch, createTopic, fetch, produce } from '../requests.ts';

const LARGE = batch({ values: ['x'.repeat(1_000)] }).length;

type Limits = {
  readonly maxBytes?: number;
  readonly ofPartition?: number;
  readonly minBytes?: number;
  readonly partitions?: readonly number[];
};

/** Fetches both partitions of `t`, or these, by v12, from their start; the error and the bytes of each. */
async function fetchBoth(
  broker: Asking,
  { maxBytes = 1e6, ofPartition = 1e6, minBytes = 1, partitions = [0, 1] }: Limits = {},
) {
  const answer = await broker.ask(1, 12, (w) => {
    w.int32(-1).int32(0).int32(minBytes).int32(maxBytes).int8(0).int32(0).int32(-1);
    w.structs(['t'], (topic) =>
      w
        .string(topic)
        .structs(partitions, (p) => w.int32(p).int32(-1).int64(0).int32(-1).int64(-1).int32(ofPartition)),
    );
    w.structs([], () => {}).string('');
  });
  return whole(answer, (a) => {
    expect([a.int32(), a.int16(), a.int32()]).toEqual([0, ErrorCode.NONE, 0]);
    const topics = a.structs(() => {
      a.string();
      return a.structs(() => {
        a.int32();
        const error = a.int16();
        for (const _ of [0, 1, 2]) a.int64();
        a.structs(() => {});
        a.int32();
        return [error, a.bytes().length];
      });
    });
    return topics.flat();
  });
}

/** A broker with a batch of a kilobyte in each of two partitions. */
async function filled(options = {}) {
  const broker = offlineBroker(options);
  await createTopic(broker, 't', { partitions: 2 });
  for (const partition of [0, 1])
    await produce(broker, 't', batch({ values: ['x'.repeat(1_000)] }), partition);
  return broker;
}

describe('a response to a fetch', () => {
  test.each<[string, Limits, number[]]>([
    ['has all that fits', {}, [LARGE, LARGE]],
    [
      'begins with a whole batch, however large, and has no other beyond its limit',
      { maxBytes: 10 },
      [LARGE, 0],
    ],
    ['is as large as its limit at most', { maxBytes: 2 * LARGE - 1 }, [LARGE, 0]],
    ['keeps to the limit of each partition', { ofPartition: 10 }, [LARGE, 0]],
    ['has its first batch for a negative limit, too', { maxBytes: -1, ofPartition: -1 }, [LARGE, 0]],
    ['has a partition that is named often once', { partitions: [0, 1, 0, 0, 1] }, [LARGE, LARGE]],
    ['comes at once where a negative number of bytes is asked for', { minBytes: -5 }, [LARGE, LARGE]],
  ])('a response to a fetch %s', async (_, limits, bytes) => {
    expect(await fetchBoth(await filled(), limits)).toEqual(bytes.map((length) => [ErrorCode.NONE, length]));
  });

  test('a response to a fetch is limited by the broker, too', async () => {
    const broker = await filled({ maxFetchBytes: 1024 });
    expect(await fetchBoth(broker)).toEqual([
      [ErrorCode.NONE, LARGE],
      [ErrorCode.NONE, 0],
    ]);
  });

  test('a response to a fetch has no records while there is no memory for any', async () => {
    const broker = await filled();
    broker.context.memory.take(broker.context.memory.limit);
    expect(await fetchBoth(broker)).toEqual([
      [ErrorCode.NONE, 0],
      [ErrorCode.NONE, 0],
    ]);
  });

  test('a response to a fetch has the error of a partition whose file is damaged, and the records of the others', async () => {
    const broker = await filled();
    truncateSync(`${broker.context.settings.dataDir}/topics/t-0/${'0'.repeat(20)}.log`, 0);
    const file = `${broker.context.settings.dataDir}/topics/t-0/${'0'.repeat(20)}.log`;
    truncateSync(file, LARGE); // zeros in its place
    expect(await fetchBoth(broker)).toEqual([
      [ErrorCode.KAFKA_STORAGE_ERROR, 0],
      [ErrorCode.NONE, LARGE],
    ]);
  });
});

test('a fetch whose connection ends while it waits has no response', async () => {
  const broker = await filled();
  const waiting = broker.send(1, 4, (w) => {
    w.int32(-1).int32(60_000).int32(1).int32(1000).int8(0);
    w.structs(['t'], (topic) => w.string(topic).structs([0], (p) => w.int32(p).int64(1).int32(1000)));
  });
  await expect.poll(() => broker.client.closed.size).toBe(1);
  for (const end of broker.client.closed) end();
  expect(await waiting).toBeNull();
  expect(broker.client.closed.size).toBe(0);
});

test('an offset before the start, or behind the end, is out of range, and the end itself is not', async () => {
  const broker = await filled();
  const errorOf = async (offset: number) => (await fetch(broker, 't', { offset })).error;
  expect([await errorOf(-1), await errorOf(2), await errorOf(2 ** 53)]).toEqual(
    Array(3).fill(ErrorCode.OFFSET_OUT_OF_RANGE),
  );
  expect(await errorOf(1)).toBe(ErrorCode.NONE);
});

test.each([
  [-1, ErrorCode.NONE],
  [0, ErrorCode.NONE],
  [1, ErrorCode.UNKNOWN_LEADER_EPOCH],
  [-2, ErrorCode.FENCED_LEADER_EPOCH],
])('leader epoch %i is error %i', (epoch, error) => {
  expect(epochProblem(epoch)).toBe(error);
});
