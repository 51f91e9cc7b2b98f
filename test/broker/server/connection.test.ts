// No connection, and no number of them, can starve the others.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
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

test('what is no request closes its own connection, behind the answers to the requests before it', async () => {
  const { port } = await testBroker();
  const [good, bad] = await several(2, port);
  if (!good || !bad) throw new Error('two clients');
  const answered = bad.ask(18, 0);
  bad.socket.write(Buffer.from([0, 0, 0, 2, 0, 18]));
  expect((await answered).int16()).toBe(0);
  await bad.closed;
  expect(await isServed(good)).toBe(true);
});

test('a request that comes behind one that waits is answered behind it', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const order: string[] = [];
  const fetched = client.ask(1, 4, (w) => {
    w.int32(-1).int32(300).int32(1).int32(1000).int8(0);
    w.structs(['topic'], (name) => w.string(name).structs([0], (p) => w.int32(p).int64(0).int32(1000)));
  });
  const waits = fetched.then(() => order.push('fetch'));
  const behind = client.ask(18, 0).then(() => order.push('versions'));
  await Promise.all([waits, behind]);
  expect(order).toEqual(['fetch', 'versions']);
});

test('a client that is gone while it waits is waited for no longer', async () => {
  const { port } = await testBroker();
  const [client, other] = await several(2, port);
  if (!client || !other) throw new Error('two clients');
  await createTopic(client, 'topic');
  const waiting = fetch(client, 'topic', { maxWaitMs: 600_000 }).catch((error: Error) => error.message);
  await isServed(other);
  client.close();
  expect(await waiting).toContain('closed');
  expect((await produce(other, 'topic', batch())).error).toBe(ErrorCode.NONE);
  expect(await isServed(other)).toBe(true);
});
