import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';
import { testBroker } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';

const BASE = 1_700_000_000_000;
const NOT_FOUND = [ErrorCode.NONE, -1, -1, -1];

/** By a version with leader epochs; error, timestamp, offset, epoch. */
async function list(client: WireClient, timestamp: number, { version = 9, topic = 'a', epoch = -1 } = {}) {
  const answer = await client.ask(2, version, (w) => {
    w.int32(-1).int8(0);
    w.structs([topic], (name) =>
      w.string(name).structs([0], (p) => w.int32(p).int32(epoch).int64(timestamp)),
    );
  });
  answer.int32();
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      return [answer.int16(), answer.int64(), answer.int64(), answer.int32()];
    });
  });
  return first?.[0];
}
async function connected() {
  const client = await wireClient((await testBroker()).port);
  await createTopic(client, 'a');
  return client;
}

test('the start, the end, the latest by time and the first of a time are found, each with its epoch', async () => {
  const client = await connected();
  await produce(client, 'a', batch({ values: ['a', 'b', 'c'], timestamps: [BASE, BASE + 20, BASE + 10] }));
  await produce(client, 'a', batch({ timestamps: [BASE + 15] }));
  expect(await list(client, -2)).toEqual([ErrorCode.NONE, -1, 0, 0]);
  expect(await list(client, -1)).toEqual([ErrorCode.NONE, -1, 4, 0]);
  expect(await list(client, -3)).toEqual([ErrorCode.NONE, BASE + 20, 1, 0]);
  expect(await list(client, -4)).toEqual([ErrorCode.NONE, -1, 0, 0]);
  expect(await list(client, BASE)).toEqual([ErrorCode.NONE, BASE, 0, 0]);
  expect(await list(client, BASE + 1)).toEqual([ErrorCode.NONE, BASE + 20, 1, 0]);
  expect(await list(client, BASE + 21)).toEqual(NOT_FOUND);
});

test('an empty log has a start and an end, and no record of any time', async () => {
  const client = await connected();
  expect([await list(client, -2), await list(client, -1)]).toEqual(Array(2).fill([ErrorCode.NONE, -1, 0, 0]));
  expect([await list(client, -3), await list(client, 0), await list(client, -5)]).toEqual(
    Array(3).fill(NOT_FOUND),
  );
});

test('a negative time has a meaning from its version on, and none before it', async () => {
  const client = await connected();
  const errors = async (timestamp: number, ...versions: readonly number[]) =>
    Promise.all(versions.map(async (version) => (await list(client, timestamp, { version }))?.[0]));
  const { NONE, UNSUPPORTED_VERSION } = ErrorCode;
  expect(await errors(-3, 6, 7)).toEqual([UNSUPPORTED_VERSION, NONE]);
  expect(await errors(-4, 7, 8)).toEqual([UNSUPPORTED_VERSION, NONE]);
  expect(await errors(-5, 8, 9)).toEqual([UNSUPPORTED_VERSION, NONE]);
  expect(await errors(-6, 9)).toEqual([UNSUPPORTED_VERSION]);
  expect(await errors(-1, 5, 9)).toEqual([NONE, NONE]);
});

test('an unknown topic and another leader epoch are errors of their partition', async () => {
  const client = await connected();
  const { UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_LEADER_EPOCH } = ErrorCode;
  expect(await list(client, -1, { topic: 'b' })).toEqual([UNKNOWN_TOPIC_OR_PARTITION, -1, -1, -1]);
  expect(await list(client, -1, { epoch: 0 })).toEqual([ErrorCode.NONE, -1, 0, 0]);
  expect(await list(client, -1, { epoch: 1 })).toEqual([UNKNOWN_LEADER_EPOCH, -1, -1, -1]);
});

/** Asks by v1 for partitions of `a`; error, timestamp, offset. */
async function listAll(
  broker: OfflineBroker,
  asked: readonly (readonly [partition: number, timestamp: number])[],
) {
  const answer = await broker.ask(2, 1, (w) => {
    w.int32(-1).structs(['a'], (name) =>
      w.string(name).structs(asked, ([partition, timestamp]) => w.int32(partition).int64(timestamp)),
    );
  });
  return whole(answer, (a) =>
    a.structs(() => {
      a.string();
      return a.structs(() => [a.int32(), a.int16(), a.int64(), a.int64()]);
    }),
  ).flat();
}

test('a partition that is asked for twice is an error each time, and costs no look-up', async () => {
  const broker = offlineBroker();
  await createTopic(broker, 'a', { partitions: 2 });
  await produce(broker, 'a', batch({ timestamps: [BASE] }), 1);
  expect(
    await listAll(broker, [
      [0, -1],
      [1, BASE],
      [0, -2],
    ]),
  ).toEqual([
    [0, ErrorCode.INVALID_REQUEST, -1, -1],
    [1, ErrorCode.NONE, BASE, 0],
    [0, ErrorCode.INVALID_REQUEST, -1, -1],
  ]);
});

test('a partition whose file is damaged has an error of its own, and the others are looked up', async () => {
  const broker = offlineBroker();
  await createTopic(broker, 'a', { partitions: 2 });
  for (const partition of [0, 1]) await produce(broker, 'a', batch({ timestamps: [BASE] }), partition);
  truncateSync(`${broker.context.settings.dataDir}/topics/a-0/${'0'.repeat(20)}.log`, 30);
  expect(
    await listAll(broker, [
      [0, BASE],
      [1, BASE],
    ]),
  ).toEqual([
    [0, ErrorCode.KAFKA_STORAGE_ERROR, -1, -1],
    [1, ErrorCode.NONE, BASE, 0],
  ]);
});

test('look-ups that take long leave others their turn between them', async () => {
  const broker = offlineBroker();
  await createTopic(broker, 'a', { partitions: 3 });
  const order: string[] = [];
  for (const [index, log] of (broker.context.topics.get('a')?.partitions ?? []).entries())
    log.findTime = () => {
      order.push(`look-up ${index}`);
      const end = performance.now() + 20;
      while (performance.now() < end);
      return null;
    };
  const others = setInterval(() => order.push('another'), 1);
  await listAll(
    broker,
    [0, 1, 2].map((partition) => [partition, BASE] as const),
  );
  clearInterval(others);
  expect(order).toContain('another');
  expect(order.indexOf('another')).toBeLessThan(order.indexOf('look-up 2'));
});
