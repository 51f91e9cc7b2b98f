// The broker as a program meets it: through kafkajs, over real sockets, across restarts and crashes.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Admin, KafkaMessage } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { adminAt, brokerProcess, COMPILED, kafkaAt, testBroker, testFolder } from './running-broker.ts';

async function produce(port: number, topic: string, values: string[], idempotent = false): Promise<void> {
  const producer = kafkaAt(port).producer({ idempotent });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: value, value })) });
  await producer.disconnect();
}

/** Consumes `count` messages from where the group stands, and commits. */
async function consume(port: number, topic: string, groupId: string, count: number): Promise<KafkaMessage[]> {
  const consumer = kafkaAt(port).consumer({ groupId, maxWaitTimeInMs: 50, heartbeatInterval: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const got: KafkaMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: KafkaMessage }) => {
      got.push(message);
      if (got.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return got;
}

const values = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `v${from + i}`);
const texts = (messages: KafkaMessage[]) => messages.map(({ value }) => String(value));
const byNumber = (a: string, b: string) => Number(a.slice(1)) - Number(b.slice(1));

async function endOffsets(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

test('what a producer sends a group receives, with keys, headers and null values', async () => {
  const { port } = await testBroker();
  const producer = kafkaAt(port).producer();
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const headers = { trace: 'abc', twice: ['1', '2'] };
  await producer.send({ topic: 'mixed', messages: [{ key: 'k', value: 'v', headers }, { value: null }] });
  const [first, second] = await consume(port, 'mixed', 'group', 2);
  expect(String(first?.key)).toBe('k');
  expect(String(first?.headers?.trace)).toBe('abc');
  expect(String(first?.headers?.twice)).toBe('1,2');
  expect(second?.value).toBeNull();
  expect(second?.key).toBeNull();
});

test('a group resumes after its committed offsets', async () => {
  const { port } = await testBroker();
  await produce(port, 'resumed', values(0, 10));
  await consume(port, 'resumed', 'group', 10);
  await produce(port, 'resumed', values(10, 15));
  expect(texts(await consume(port, 'resumed', 'group', 5))).toEqual(values(10, 15));
});

test('records, topics and committed offsets survive a restart', async () => {
  const dataDir = testFolder();
  const first = await startBroker({ port: 0, dataDir, defaultPartitions: 3 });
  await produce(first.port, 'kept', values(0, 100), true);
  await consume(first.port, 'kept', 'group', 100);
  await first.close();

  const { port } = await testBroker({ dataDir });
  const admin = await adminAt(port);
  expect((await admin.fetchTopicMetadata({ topics: ['kept'] })).topics[0]?.partitions).toHaveLength(3);
  await produce(port, 'kept', values(100, 130));
  expect(texts(await consume(port, 'kept', 'group', 30)).sort(byNumber)).toEqual(values(100, 130));
});

test('acknowledged records and committed offsets survive SIGKILL', { timeout: 240_000 }, async () => {
  const dataDir = testFolder();
  const first = await brokerProcess({ dataDir });
  await produce(first.port, 'kept', values(0, 50));
  await consume(first.port, 'kept', 'group', 50);
  await produce(first.port, 'kept', values(50, 80));
  await first.kill();

  const second = await brokerProcess({ dataDir });
  expect(await endOffsets(await adminAt(second.port), 'kept')).toBe(80);
  expect(texts(await consume(second.port, 'kept', 'group', 30))).toEqual(values(50, 80));
});

test('what was altered survives SIGKILL: partitions, settings, where a partition starts, groups that are gone', async () => {
  const folder = testFolder();
  const first = await brokerProcess({ dataDir: folder });
  const admin = kafkaAt(first.port).admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      { topic: 'topic', numPartitions: 1 },
      { topic: 'other', numPartitions: 1 },
    ],
  });
  await produce(first.port, 'topic', ['a', 'b', 'c', 'd']);
  await produce(first.port, 'other', ['e']);
  await consume(first.port, 'topic', 'gone', 4);
  await admin.createPartitions({ topicPartitions: [{ topic: 'topic', count: 3 }] });
  const configEntries = [{ name: 'retention.ms', value: '123456' }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: 'topic', configEntries }] });
  await admin.deleteTopicRecords({ topic: 'topic', partitions: [{ partition: 0, offset: '3' }] });
  await admin.deleteGroups(['gone']);
  await admin.fetchTopicOffsets('other'); // kafkajs deletes only of topics that it has looked at
  await admin.deleteTopicRecords({ topic: 'other', partitions: [{ partition: 0, offset: '-1' }] });
  await admin.deleteTopics({ topics: ['other'] });
  await admin.disconnect();
  await first.kill();

  const again = await brokerProcess({ dataDir: folder });
  const seen = await adminAt(again.port);
  const { topics } = await seen.fetchTopicMetadata({ topics: ['topic'] });
  expect(topics[0]?.partitions).toHaveLength(3);
  const { resources } = await seen.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: 'topic' }],
  });
  expect(
    resources[0]?.configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue,
  ).toBe('123456');
  const offsets = await seen.fetchTopicOffsets('topic');
  expect(offsets.find(({ partition }) => partition === 0)).toMatchObject({ low: '3', high: '4' });
  expect((await seen.listGroups()).groups.map(({ groupId }) => groupId)).not.toContain('gone');
  await seen.createTopics({ topics: [{ topic: 'other', numPartitions: 1 }] });
  expect((await seen.fetchTopicOffsets('other'))[0]).toMatchObject({ low: '0', high: '0' });
});

test('two members share the partitions, and one takes over when the other leaves', async () => {
  const { port } = await testBroker({ defaultPartitions: 4 });
  await produce(port, 'shared', values(0, 40));
  const [one, other] = ['one', 'other'].map((id) =>
    kafkaAt(port, id).consumer({
      groupId: 'shared',
      maxWaitTimeInMs: 50,
      heartbeatInterval: 50,
      sessionTimeout: 1000,
    }),
  );
  if (!one || !other) throw new Error('two consumers');
  const shares: Record<string, number[]> = {};
  for (const [id, consumer] of Object.entries({ one, other })) {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      shares[id] = payload.memberAssignment.shared ?? [];
    });
    await consumer.connect();
    await consumer.subscribe({ topics: ['shared'], fromBeginning: true });
    await consumer.run({ eachMessage: async () => {} });
  }
  await expect.poll(() => [shares.one?.length, shares.other?.length]).toEqual([2, 2]);
  expect([...(shares.one ?? []), ...(shares.other ?? [])].sort()).toEqual([0, 1, 2, 3]);
  await other.disconnect();
  await expect.poll(() => shares.one?.length).toBe(4);
  await one.disconnect();
});

test('a waiting fetch is woken by the next record', async () => {
  const { port } = await testBroker();
  await produce(port, 'woken', ['v0']);
  const consumer = kafkaAt(port).consumer({ groupId: 'woken', maxWaitTimeInMs: 20_000 });
  await consumer.connect();
  await consumer.subscribe({ topics: ['woken'], fromBeginning: true });
  const arrivals: number[] = [];
  await consumer.run({ eachMessage: async () => void arrivals.push(Date.now()) });
  await expect.poll(() => arrivals.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const sent = Date.now();
  await produce(port, 'woken', ['v1']);
  await expect.poll(() => arrivals.length, { interval: 5 }).toBe(2);
  // A fetch that nothing wakes would have taken the rest of its twenty seconds.
  expect((arrivals[1] ?? 0) - sent).toBeLessThan(15_000);
  await produce(port, 'woken', ['v2']); // ends the long poll that the disconnect would wait for
  await consumer.disconnect();
});

test('a port that is taken is a named error', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const dataDir = testFolder();
  const started = startBroker({ port, dataDir });
  await expect(started).rejects.toMatchObject({
    code: 'BROKER_PORT_TAKEN',
    message: expect.stringContaining(`${port}`),
  });
  const { close } = await startBroker({ port: 0, dataDir }); // and the folder is free again
  await close();
});

test('an address that is not of this machine is a named error', async () => {
  const started = startBroker({ host: '192.0.2.1', port: 0, dataDir: testFolder() });
  await expect(started).rejects.toMatchObject({ code: 'BROKER_HOST_UNAVAILABLE' });
});

test('a folder that cannot be made is a named error', async () => {
  const file = `${testFolder()}/file`;
  writeFileSync(file, '');
  const started = startBroker({ port: 0, dataDir: `${file}/kafka` });
  await expect(started).rejects.toMatchObject({ code: 'BROKER_FOLDER_UNUSABLE' });
});

test('a second broker on a folder is refused and told which process has it', async () => {
  const dataDir = testFolder();
  const { pid } = await brokerProcess({ dataDir });
  const second = startBroker({ port: 0, dataDir });
  await expect(second).rejects.toMatchObject({
    code: 'BROKER_FOLDER_LOCKED',
    message: expect.stringContaining(`process ${pid}`),
  });
});

test('an option out of its bounds is a named error', async () => {
  const started = startBroker({ port: 70_000, dataDir: testFolder() });
  await expect(started).rejects.toMatchObject({
    code: 'BROKER_OPTION_INVALID',
    message: 'broker option port: received 70000, expected an integer from 0 to 65535',
  });
});

test('a start reads the broker out of one file, beside the packages that it needs', () => {
  const imported = [...readFileSync(COMPILED, 'utf8').matchAll(/^(?:import|export) .*from "(.+)";$/gm)];
  expect(imported.length).toBeGreaterThan(0);
  for (const [, module] of imported) expect(module).toMatch(/^node:/);
});
