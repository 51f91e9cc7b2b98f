import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { testBroker } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';

type Asked = {
  readonly name: string;
  readonly partitions?: number;
  readonly replicas?: number;
  /** Nodes by partition. */
  readonly assignments?: readonly (readonly [partition: number, nodes: readonly number[]])[];
};

/** Makes topics by v7; what became of each. */
async function create(client: WireClient, topics: readonly Asked[], validateOnly = false) {
  const answer = await client.ask(19, 7, (w) => {
    w.structs(topics, ({ name, partitions = -1, replicas = -1, assignments = [] }) => {
      w.string(name).int32(partitions).int16(replicas);
      w.structs(assignments, ([partition, nodes]) =>
        w.int32(partition).array(nodes, (node) => w.int32(node)),
      );
      w.structs([], () => {});
    });
    w.int32(10_000).boolean(validateOnly);
  });
  answer.int32();
  return answer.structs(() => {
    const [name, id, error, message, partitions] = [
      answer.string(),
      answer.uuid(),
      answer.int16(),
      answer.nullableString(),
      answer.int32(),
    ];
    answer.int16();
    answer.structs(() => {
      answer.string();
      answer.nullableString();
      answer.boolean();
      answer.int8();
      answer.boolean();
    });
    return { name, id, error, message, partitions };
  });
}
async function connected(options = {}) {
  const { port } = await testBroker({ defaultPartitions: 3, ...options });
  return wireClient(port);
}
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

test('a topic has the partitions that are asked for, assigned, or usual, and an id of its own', async () => {
  const client = await connected();
  const made = await create(client, [
    { name: 'usual' },
    { name: 'five', partitions: 5, replicas: 1 },
    {
      name: 'two',
      assignments: [
        [1, [0]],
        [0, [0]],
      ],
    },
  ]);
  expect(made.map(({ name, error, partitions }) => [name, error, partitions])).toEqual([
    ['usual', 0, 3],
    ['five', 0, 5],
    ['two', 0, 2],
  ]);
  expect(new Set([NO_ID, ...made.map(({ id }) => id)]).size).toBe(4);
});

test('what can not be made is refused topic by topic, and says what was expected', async () => {
  const client = await connected({ maxPartitions: 10 });
  await create(client, [{ name: 'a.b' }]);
  const refused = await create(client, [
    { name: 'a.b' },
    { name: 'a_b' },
    { name: '..' },
    { name: 'none', partitions: 0 },
    { name: 'many', partitions: 8 },
    { name: 'copies', replicas: 2 },
    { name: 'both', partitions: 1, assignments: [[0, [0]]] },
    {
      name: 'gap',
      assignments: [
        [0, [0]],
        [2, [0]],
      ],
    },
    { name: 'elsewhere', assignments: [[0, [1]]] },
    { name: 'good', partitions: 1 },
  ]);
  expect(refused.map(({ error, message }) => [error, message])).toEqual([
    [ErrorCode.TOPIC_ALREADY_EXISTS, "Topic 'a.b' already exists."],
    [ErrorCode.INVALID_TOPIC_EXCEPTION, "Topic 'a_b' collides with existing topic: a.b"],
    [ErrorCode.INVALID_TOPIC_EXCEPTION, expect.any(String)],
    [ErrorCode.INVALID_PARTITIONS, 'received 0 partitions, expected 1 to 100000'],
    [ErrorCode.POLICY_VIOLATION, 'this broker holds at most 10 partitions'],
    [ErrorCode.INVALID_REPLICATION_FACTOR, 'received replication factor 2, expected 1: there is one node'],
    [ErrorCode.INVALID_REQUEST, expect.stringContaining('together with an assignment, expected either')],
    [ErrorCode.INVALID_REPLICA_ASSIGNMENT, expect.stringContaining('to node 0 alone')],
    [ErrorCode.INVALID_REPLICA_ASSIGNMENT, expect.stringContaining('to node 0 alone')],
    [ErrorCode.NONE, null],
  ]);
});

test('a topic that is named twice is made neither time, and answered once', async () => {
  const client = await connected();
  const answered = await create(client, [
    { name: 'twice' },
    { name: 'once' },
    { name: 'twice', partitions: 2 },
  ]);
  expect(answered.map(({ name, error }) => [name, error])).toEqual([
    ['twice', ErrorCode.INVALID_REQUEST],
    ['once', ErrorCode.NONE],
  ]);
  expect(await create(client, [{ name: 'twice' }], true)).toMatchObject([
    { error: ErrorCode.NONE, partitions: 3 },
  ]);
});

test('a check alone makes nothing', async () => {
  const client = await connected();
  expect(await create(client, [{ name: 'a' }], true)).toMatchObject([{ error: 0, id: NO_ID, partitions: 3 }]);
  expect(await create(client, [{ name: 'a' }])).toMatchObject([{ error: 0 }]);
});
