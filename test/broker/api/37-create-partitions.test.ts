import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, createTopic, fetch, produce } from '../requests.ts';
import { testBroker } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';

type Asked = readonly [name: string, count: number, assignments?: readonly (readonly number[])[]];

/** Adds partitions by v3; the error and the message of each topic. */
async function add(client: WireClient, topics: readonly Asked[], validateOnly = false) {
  const answer = await client.ask(37, 3, (w) => {
    w.structs(topics, ([name, count, assignments = null]) => {
      w.string(name).int32(count);
      w.structs(assignments, (nodes) => w.array(nodes, (node) => w.int32(node)));
    });
    w.int32(10_000).boolean(validateOnly);
  });
  answer.int32();
  return answer.structs(() => [answer.string(), answer.int16(), answer.nullableString()]);
}
async function connected(options = {}) {
  const client = await wireClient((await testBroker(options)).port);
  await createTopic(client, 'a', { partitions: 2 });
  return client;
}

test('a topic gets more partitions, which take records, and those that it has keep theirs', async () => {
  const client = await connected();
  await produce(client, 'a', batch(), 1);
  expect(await add(client, [['a', 3, [[0]]]])).toEqual([['a', ErrorCode.NONE, null]]);
  expect(await produce(client, 'a', batch(), 2)).toEqual({ error: ErrorCode.NONE, baseOffset: 0 });
  expect((await fetch(client, 'a', { partition: 1 })).highWatermark).toBe(1);
  expect((await produce(client, 'a', batch(), 3)).error).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('as many or fewer, another node, too many and an unknown topic are refused', async () => {
  const client = await connected({ maxPartitions: 10 });
  for (const [asked, error, message] of [
    [['a', 2], ErrorCode.INVALID_PARTITIONS, 'received 2 partitions, expected 3 to 100000: there are 2'],
    [['a', 100_001], ErrorCode.INVALID_PARTITIONS, expect.stringContaining('received 100001')],
    [
      ['a', 4, [[0]]],
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      expect.stringContaining('each of the 2 new partitions'),
    ],
    [['a', 3, [[1]]], ErrorCode.INVALID_REPLICA_ASSIGNMENT, expect.stringContaining('to node 0 alone')],
    [['a', 11], ErrorCode.POLICY_VIOLATION, 'this broker holds at most 10 partitions'],
    [['b', 3], ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such topic'],
  ] as const)
    expect(await add(client, [asked])).toEqual([[asked[0], error, message]]);
});

test('a topic that is named twice stays as it is, and a check alone changes nothing', async () => {
  const client = await connected();
  expect(
    await add(client, [
      ['a', 3],
      ['a', 4],
    ]),
  ).toEqual([['a', ErrorCode.INVALID_REQUEST, "topic 'a' is named twice"]]);
  expect(await add(client, [['a', 3]], true)).toEqual([['a', ErrorCode.NONE, null]]);
  expect((await produce(client, 'a', batch(), 2)).error).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});
