import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
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
