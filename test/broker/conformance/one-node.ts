// Requests of administrators to which a single node has trivial responses: elections, moves of replicas, its quorum, quotas, users
// and ACLs.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import type { Reader } from '../../../src/broker/wire/reader.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { newTopic } from './ready.ts';

const NOWHERE = 'nowhere';
const ANY = 1;

/** The errors by partition of an answer's [topic [partition errorCode errorMessage]]. */
function readErrors(answer: Reader): (readonly [partition: number, error: number])[] {
  return answer
    .structs(() => {
      answer.string();
      return answer.structs(() => {
        const found = [answer.int32(), answer.int16()] as const;
        answer.nullableString();
        return found;
      });
    })
    .flat();
}

async function elect(client: WireClient, type: number, topics: Readonly<Record<string, number[]>> | null) {
  const answer = await client.ask(43, 2, (w) => {
    w.int8(type);
    const asked = topics && Object.entries(topics);
    w.structs(asked, ([topic, partitions]) => w.string(topic).array(partitions, (p) => w.int32(p)));
    w.int32(10_000);
  });
  answer.int32();
  return { error: answer.int16(), partitions: readErrors(answer) };
}

async function nodeOf(client: WireClient): Promise<number> {
  const answer = await client.ask(60, 0, (w) => w.boolean(false));
  answer.int32();
  answer.int16();
  answer.nullableString();
  answer.string();
  answer.int32();
  return (
    answer.structs(() => {
      const node = answer.int32();
      answer.string();
      answer.int32();
      answer.nullableString();
      return node;
    })[0] ?? -1
  );
}

async function reassign(client: WireClient, topic: string, replicas: readonly number[] | null, version = 1) {
  const mayChangeCount = false;
  const answer = await client.ask(45, version, (w) => {
    w.int32(10_000);
    if (version >= 1) w.boolean(mayChangeCount);
    w.structs([topic], (name) =>
      w.string(name).structs([0], (p) => w.int32(p).array(replicas, (node) => w.int32(node))),
    );
  });
  answer.int32();
  if (version >= 1) expect(answer.boolean()).toBe(mayChangeCount);
  expect(answer.int16()).toBe(ErrorCode.NONE);
  answer.nullableString();
  return readErrors(answer)[0]?.[1];
}

export function oneNode(port: () => number): void {
  test('a partition that has its leader needs no election', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { partitions: 2 });
    for (const type of [0, 1])
      expect(await elect(client, type, { [topic]: [1] })).toEqual({
        error: ErrorCode.NONE,
        partitions: [[1, ErrorCode.ELECTION_NOT_NEEDED]],
      });
    expect((await elect(client, 0, { [topic]: [7], [NOWHERE]: [0] })).partitions).toEqual([
      [7, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
      [0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ]);
    expect(await elect(client, 0, null)).toEqual({ error: ErrorCode.NONE, partitions: [] });
  });

  test('a partition can be assigned to the node that it is on, and to no other', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    for (const version of [0, 1])
      expect(await reassign(client, topic, [await nodeOf(client)], version)).toBe(ErrorCode.NONE);
    for (const wrong of [[99], []])
      expect(await reassign(client, topic, wrong)).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
    expect(await reassign(client, topic, null)).toBe(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
    expect(await reassign(client, NOWHERE, [0])).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    const listed = await client.ask(46, 0, (w) => w.int32(10_000).structs(null, () => {}));
    expect([listed.int32(), listed.int16(), listed.nullableString()]).toEqual([0, ErrorCode.NONE, null]);
    expect(listed.structs(() => listed.string())).toEqual([]);
  });

  test('the node is the leader and the only voter of its quorum', async () => {
    const client = await wireClient(port());
    const asked = { __cluster_metadata: 0 };
    const answer = await client.ask(55, 0, (w) =>
      w.structs(Object.entries(asked), ([topic, partition]) =>
        w.string(topic).structs([partition], (p) => w.int32(p)),
      ),
    );
    expect(answer.int16()).toBe(ErrorCode.NONE);
    const [quorum] = answer.structs(() => {
      answer.string();
      return answer.structs(() => {
        const [partition, error, leader] = [answer.int32(), answer.int16(), answer.int32()];
        answer.int32();
        const highWatermark = answer.int64();
        const replicas = () => answer.structs(() => [answer.int32(), answer.int64()] as const);
        return { partition, error, leader, highWatermark, voters: replicas(), observers: replicas() };
      })[0];
    });
    const node = await nodeOf(client);
    expect(quorum).toMatchObject({ partition: 0, error: ErrorCode.NONE, leader: node, observers: [] });
    expect(quorum?.highWatermark).toBeGreaterThan(0);
    expect(quorum?.voters.map(([voter]) => voter)).toEqual([node]);
  });

  test('there are no quotas and no users', async () => {
    const client = await wireClient(port());
    const quotas = await client.ask(48, 1, (w) =>
      w.structs(['client-id'], (type) => w.string(type).int8(2).string(null)).boolean(false),
    );
    expect([quotas.int32(), quotas.int16()]).toEqual([0, ErrorCode.NONE]);
    quotas.nullableString();
    expect(quotas.nullableStructs(() => {})).toEqual([]);
    const users = await client.ask(50, 0, (w) => w.structs(['nobody'], (user) => w.string(user)));
    expect([users.int32(), users.int16()]).toEqual([0, ErrorCode.NONE]);
    users.nullableString();
    const errors = users.structs(() => {
      const [user, error] = [users.string(), users.int16()];
      users.nullableString();
      users.structs(() => {});
      return [user, error];
    });
    expect(errors).toEqual([['nobody', ErrorCode.RESOURCE_NOT_FOUND]]);
  });

  test('ACLs are not kept, as there is no authorizer', async () => {
    const client = await wireClient(port());
    const describe = await client.ask(29, 3, (w) =>
      w.int8(ANY).string(null).int8(ANY).string(null).string(null).int8(ANY).int8(ANY),
    );
    expect([describe.int32(), describe.int16()]).toEqual([0, ErrorCode.SECURITY_DISABLED]);
    const create = await client.ask(30, 3, (w) =>
      w.structs(['topic'], (name) =>
        w.int8(2).string(name).int8(3).string('User:a').string('*').int8(3).int8(3),
      ),
    );
    create.int32();
    expect(create.structs(() => [create.int16(), create.nullableString()][0])).toEqual([
      ErrorCode.SECURITY_DISABLED,
    ]);
  });
}
