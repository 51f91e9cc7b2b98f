// What one client does, or many do together, costs the others nothing but their turn.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup } from '../group-requests.ts';
import { batch, createTopic, fetch, produce } from '../requests.ts';
import { residentBytes } from '../resident-bytes.ts';
import { brokerProcess, testBroker, testFolder } from '../running-broker.ts';
import { request, type WireClient, wireClient } from '../wire-client.ts';

const MIB = 1024 * 1024;

const several = (count: number, port: number) =>
  Promise.all(Array.from({ length: count }, () => wireClient(port)));
const isServed = async (client: WireClient) => (await client.ask(18, 0)).int16() === 0;

/** A fetch of everything from the start of the topic, as bytes. */
function fetchAll(topic: string): Buffer {
  return request(1, 4, 1, (w) => {
    w.int32(-1)
      .int32(0)
      .int32(1)
      .int32(64 * MIB)
      .int8(0);
    w.structs([topic], (name) =>
      w.string(name).structs([0], (p) =>
        w
          .int32(p)
          .int64(0)
          .int32(64 * MIB),
      ),
    );
  });
}

test('one connection more than allowed is closed at once, and its place is free again later', async () => {
  const { port } = await testBroker({ maxConnections: 3 });
  const [first, ...others] = await several(3, port);
  const fourth = await wireClient(port);
  await fourth.closed;
  expect(await Promise.all(others.map(isServed))).toEqual([true, true]);
  first?.close();
  await expect.poll(async () => isServed(await wireClient(port)).catch(() => false)).toBe(true);
});

test('clients that do not take their answers are held back, and memory stays bounded', {
  timeout: 120_000,
}, async () => {
  const { port, pid } = await brokerProcess({ dataDir: testFolder(), maxMemoryBytes: 100 * MIB });
  const [writer, ...slow] = await several(21, port);
  if (!writer) throw new Error('a writer');
  await createTopic(writer, 'large');
  for (let i = 0; i < 32; i++) await produce(writer, 'large', batch({ values: ['x'.repeat(MIB - 1000)] }));
  for (const client of slow) {
    client.socket.pause();
    for (let i = 0; i < 50; i++) client.socket.write(fetchAll('large'));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(residentBytes(pid)).toBeLessThan(350e6); // 20 × 50 × 16 MiB were asked for
  expect(await isServed(writer)).toBe(true);
  for (const client of slow) client.close();
  await expect.poll(async () => (await fetch(writer, 'large')).records.length).toBeGreaterThan(0);
});

test('large frames wait for memory in line, and those that stop half-way lose their place', async () => {
  const { port } = await testBroker({ maxFrameBytes: MIB, maxMemoryBytes: 2 * MIB, stallTimeoutMs: 300 });
  const stuck = await several(5, port);
  const half = request(0, 7, 1, (w) => w.bytes(Buffer.alloc(MIB - 100))).subarray(0, MIB / 2);
  for (const client of stuck) client.socket.write(half);
  const writer = await wireClient(port);
  await createTopic(writer, 'topic');
  expect(await isServed(writer)).toBe(true); // small frames need no memory
  const large = batch({ values: ['x'.repeat(500_000)] });
  expect((await produce(writer, 'topic', large)).error).toBe(ErrorCode.NONE); // once the stuck ones are gone
  await Promise.all(stuck.map(({ closed }) => closed));
});

test('a connection without traffic is closed after its time', async () => {
  const { port } = await testBroker({ idleTimeoutMs: 100 });
  const client = await wireClient(port);
  expect(await isServed(client)).toBe(true);
  await client.closed;
});

test('a connection that waits for its answer is not idle', async () => {
  const { port } = await testBroker({ idleTimeoutMs: 500, stallTimeoutMs: 500 });
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const { error } = await fetch(client, 'topic', { maxWaitMs: 1500 });
  expect(error).toBe(ErrorCode.NONE);
});

test('partitions are limited, and what is over the limit is refused by name', async () => {
  const { port } = await testBroker({ maxPartitions: 5 });
  const client = await wireClient(port);
  expect(await createTopic(client, 'small', { partitions: 3 })).toBe(ErrorCode.NONE);
  expect(await createTopic(client, 'large', { partitions: 3 })).toBe(ErrorCode.POLICY_VIOLATION);
});

test('groups are limited, and those that are left empty make room', async () => {
  const { port } = await testBroker({ maxGroups: 2 });
  const client = await wireClient(port);
  const errorOf = async (group: string) => (await joinGroup(client, group, { sessionTimeout: 300 })).error;
  expect(await errorOf('first')).toBe(ErrorCode.MEMBER_ID_REQUIRED);
  expect(await errorOf('second')).toBe(ErrorCode.MEMBER_ID_REQUIRED);
  expect(await errorOf('third')).toBe(ErrorCode.GROUP_MAX_SIZE_REACHED);
  await expect.poll(() => errorOf('third')).toBe(ErrorCode.MEMBER_ID_REQUIRED); // the ids were not used in time
});

test('what a request names ten thousand times it is told once', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const many = Array.from({ length: 10_000 }, () => 'topic');
  const configs = await client.ask(32, 1, (w) =>
    w
      .structs(many, (name) =>
        w
          .int8(2)
          .string(name)
          .array(null, () => {}),
      )
      .boolean(true),
  );
  configs.int32();
  expect(configs.int32()).toBe(1); // the count of resources
  const producers = await client.ask(61, 0, (w) =>
    w.structs(['topic', 'topic'], (name) =>
      w.string(name).array(
        many.map(() => 0),
        (p) => w.int32(p),
      ),
    ),
  );
  producers.int32();
  const partitions = producers.structs(() => {
    producers.string();
    return producers.structs(() => {
      const partition = producers.int32();
      producers.int16();
      producers.nullableString();
      producers.structs(() => {});
      return partition;
    });
  });
  expect(partitions).toEqual([[0]]);
  const groups = await client.ask(15, 0, (w) => w.array(many, (name) => w.string(name)));
  expect(groups.int32()).toBe(1);
});
