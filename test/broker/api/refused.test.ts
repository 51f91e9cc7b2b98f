// Requests for what this broker does not support are refused with errors that are not retried.

import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { BATCH_HEADER } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, createTopic, fetch, listOffset, produce, withCrc } from '../requests.ts';
import { testBroker } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';

const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;

test('a transactional batch without an id, and a control batch, are not stored', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const errorOf = async (attributes: number) => (await produce(client, 'topic', batch({ attributes }))).error;
  expect(await errorOf(TRANSACTIONAL)).toBe(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  expect(await errorOf(CONTROL)).toBe(ErrorCode.INVALID_RECORD);
  expect(await errorOf(7)).toBe(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
  expect((await fetch(client, 'topic')).highWatermark).toBe(0);
});

test.each([
  ['an unknown policy', 'cleanup.policy', 'forget'],
  ['a ratio above 1', 'min.cleanable.dirty.ratio', '1.5'],
  ['unclean elections', 'unclean.leader.election.enable', 'true'],
  ['a time of another kind', 'message.timestamp.type', 'Never'],
  ['another codec of its own', 'compression.type', 'zstd'],
  ['more in-sync replicas', 'min.insync.replicas', '2'],
] as const)('a topic with %s is refused', async (_, name, value) => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  expect(await createTopic(client, 'topic', { configs: [[name, value]] })).toBe(ErrorCode.INVALID_CONFIG);
});

test('the old message formats are refused partition by partition', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const answer = await client.ask(0, 2, (w) => {
    w.int16(-1)
      .int32(1000)
      .structs(['topic'], (t) => w.string(t).structs([0], (p) => w.int32(p).bytes(batch())));
  });
  const errors = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      const error = answer.int16();
      answer.int64();
      answer.int64();
      return error;
    });
  });
  expect(errors).toEqual([[ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT]]);
});

test.each([
  ['groups of KIP-848', 68],
  ['share groups', 76],
  ['delegation tokens', 38],
])('%s are not spoken: the connection is closed, and the list of APIs does not have them', async (_, key) => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  const answer = await client.ask(18, 0);
  answer.int16();
  const spoken = answer.structs(() => [answer.int16(), answer.int16(), answer.int16()][0]);
  expect(spoken).toContain(0);
  expect(spoken).not.toContain(key);
  await expect(client.ask(key, 0)).rejects.toThrow('closed');
});

test('a client that begins with TLS has its connection closed at once', async () => {
  const { port } = await testBroker();
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  onTestFinished(() => {
    socket.destroy();
  });
  await expect(once(socket, 'secureConnect')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('a fetch session that was never given is not known', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  const answer = await client.ask(1, 11, (w) => {
    w.int32(-1).int32(0).int32(1).int32(1000).int8(0).int32(42).int32(1);
    w.structs([], () => {})
      .structs([], () => {})
      .string('');
  });
  answer.int32();
  expect(answer.int16()).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
});

test('with acks 0 there is no answer, and what cannot be stored closes the connection', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const send = (topic: string) =>
    client.ask(0, 7, (w) => {
      w.string(null).int16(0).int32(1000);
      w.structs([topic], (t) => w.string(t).structs([0], (p) => w.int32(p).bytes(batch())));
    });
  send('topic').catch(() => {}); // never answered
  await expect.poll(async () => (await listOffset(client, 'topic', -1)).offset).toBe(1);
  await expect(send('no-such-topic')).rejects.toThrow('closed');
});

test('a time is found inside a compressed batch', async () => {
  const { port } = await testBroker();
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const base = 1_700_000_000_000;
  const plain = batch({ values: ['a', 'b', 'c'], timestamps: [base, base + 10, base + 20] });
  const packed = Buffer.concat([plain.subarray(0, BATCH_HEADER), gzipSync(plain.subarray(BATCH_HEADER))]);
  packed.writeInt32BE(packed.length - 12, 8);
  packed.writeInt16BE(1, 21);
  expect((await produce(client, 'topic', withCrc(packed))).error).toBe(ErrorCode.NONE);
  expect(await listOffset(client, 'topic', base + 5)).toEqual({ error: 0, timestamp: base + 10, offset: 1 });
});
