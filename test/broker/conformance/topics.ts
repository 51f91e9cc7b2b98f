// CreateTopics, DeleteTopics, Metadata and DescribeConfigs.

import { expect, onTestFinished, test } from 'vitest';
import { NO_TOPIC_ID } from '../../../src/broker/api/topic-reference.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { createTopic, deleteTopic, fetch, listOffset } from '../requests.ts';
import { kafkaAt } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { newTopic } from './ready.ts';

/** What Metadata tells of topics that are asked for by name, or by id. */
async function metadataOf(client: WireClient, asked: readonly { id: string; name: string | null }[]) {
  const answer = await client.ask(3, 12, (w) => {
    w.structs(asked, ({ id, name }) => w.uuid(id).string(name));
    w.boolean(false).boolean(false);
  });
  answer.int32();
  answer.structs(() => [answer.int32(), answer.string(), answer.int32(), answer.nullableString()]);
  answer.nullableString();
  answer.int32();
  return answer.structs(() => {
    const [error, name, id] = [answer.int16(), answer.nullableString(), answer.uuid()];
    answer.boolean();
    answer.structs(() => {
      for (const skip of [answer.int16, answer.int32, answer.int32, answer.int32]) skip.call(answer);
      for (let list = 0; list < 3; list++) answer.array(() => answer.int32());
    });
    answer.int32();
    return { error, name, id };
  });
}

type Cursor = { readonly topic: string; readonly partition: number };

/** What DescribeTopicPartitions tells: partitions by topic, and where the rest begins. */
async function partitionsOf(
  client: WireClient,
  topics: readonly string[],
  limit: number,
  cursor: Cursor | null,
) {
  const answer = await client.ask(75, 0, (w) => {
    w.structs(topics, (topic) => w.string(topic)).int32(limit);
    if (cursor) w.int8(1).string(cursor.topic).int32(cursor.partition).tags();
    else w.int8(-1);
  });
  answer.int32();
  const found = answer.structs(() => {
    const [error, name] = [answer.int16(), answer.nullableString()];
    const hasId = answer.uuid() !== NO_TOPIC_ID;
    answer.boolean();
    const partitions = answer.structs(() => {
      const [code, partition, leader] = [answer.int16(), answer.int32(), answer.int32()];
      answer.int32();
      const [replicas, inSync] = [answer.array(() => answer.int32()), answer.array(() => answer.int32())];
      for (let list = 0; list < 3; list++) expect(answer.array(() => answer.int32())).toEqual([]);
      expect([code, replicas, inSync]).toEqual([ErrorCode.NONE, [leader], [leader]]);
      return partition;
    });
    answer.int32();
    return { error, name, hasId, partitions };
  });
  const next = answer.int8() === 1 ? { topic: answer.string(), partition: answer.int32() } : null;
  return { found, next };
}

export function topics(port: () => number): void {
  test('a topic has as many partitions as were asked for', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { partitions: 5 });
    const admin = kafkaAt(port()).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(found[0]?.partitions.map(({ partitionId }) => partitionId).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    ['a name with a space', 'no good', {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a name of dots', '..', {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['no name', '', {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['a name that is too long', 'x'.repeat(250), {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
    ['no partitions', 'none', { partitions: 0 }, ErrorCode.INVALID_PARTITIONS],
    ['more replicas than nodes', 'replicated', { replicas: 3 }, ErrorCode.INVALID_REPLICATION_FACTOR],
    ['an unknown setting', 'unknown', { configs: [['no.such.setting', '1']] }, ErrorCode.INVALID_CONFIG],
    ['a setting out of its range', 'wrong', { configs: [['retention.ms', '-7']] }, ErrorCode.INVALID_CONFIG],
    [
      'a setting that is no number',
      'letters',
      { configs: [['retention.ms', 'soon']] },
      ErrorCode.INVALID_CONFIG,
    ],
  ] as const)('%s is refused', async (_, name, options, error) => {
    expect(await createTopic(await wireClient(port()), name, options)).toBe(error);
  });

  test('a topic that exists is not made again', async () => {
    const client = await wireClient(port());
    expect(await createTopic(client, await newTopic(client))).toBe(ErrorCode.TOPIC_ALREADY_EXISTS);
  });

  test('a request to validate makes nothing', async () => {
    const client = await wireClient(port());
    expect(await createTopic(client, 'validated', { validateOnly: true })).toBe(ErrorCode.NONE);
    expect((await listOffset(client, 'validated', -1)).error).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });

  test('a topic is found by its id, whatever name is sent beside it', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const [named] = await metadataOf(client, [{ id: NO_TOPIC_ID, name: topic }]);
    expect(named).toMatchObject({ error: ErrorCode.NONE, name: topic });
    const id = named?.id ?? '';
    for (const name of [null, '']) expect(await metadataOf(client, [{ id, name }])).toEqual([named]);
    const other = `${id.startsWith('A') ? 'B' : 'A'}${id.slice(1)}`;
    expect(await metadataOf(client, [{ id: other, name: '' }])).toEqual([
      { error: ErrorCode.UNKNOWN_TOPIC_ID, name: null, id: other },
    ]);
  });

  test('the partitions of topics are described page by page', async () => {
    const client = await wireClient(port());
    const made = [await newTopic(client, { partitions: 3 }), await newTopic(client, { partitions: 2 })];
    const [first = '', second = ''] = made.toSorted();
    const [few, more] = first === made[0] ? [3, 2] : [2, 3];
    const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, n) => from + n);
    const described = (name: string, partitions: number[]) => ({
      error: ErrorCode.NONE,
      name,
      hasId: true,
      partitions,
    });
    const names = [second, first];
    expect(await partitionsOf(client, names, 100, null)).toEqual({
      found: [described(first, upTo(few)), described(second, upTo(more))],
      next: null,
    });
    const page = await partitionsOf(client, names, few + 1, null);
    const next = { topic: second, partition: 1 };
    expect(page).toEqual({ found: [described(first, upTo(few)), described(second, [0])], next });
    expect(await partitionsOf(client, names, 100, next)).toEqual({
      found: [described(second, upTo(more, 1))],
      next: null,
    });
    expect((await partitionsOf(client, names, few, null)).next).toEqual({ topic: second, partition: 0 });
    const all = await partitionsOf(client, [], 2000, null);
    for (const name of names) expect(all.found.map((one) => one.name)).toContain(name);
    const missing = (name: string, error: number) => ({ error, name, hasId: false, partitions: [] });
    expect((await partitionsOf(client, ['nowhere', 'no good'], 100, null)).found).toEqual([
      missing('no good', ErrorCode.INVALID_TOPIC_EXCEPTION),
      missing('nowhere', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
    ]);
    const invalid = await partitionsOf(client, [first], 100, { topic: first, partition: -1 });
    expect(invalid.found).toEqual([missing(first, ErrorCode.INVALID_REQUEST)]);
  });

  test('a deleted topic is gone, and its name can be used again', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    expect(await deleteTopic(client, topic)).toBe(ErrorCode.NONE);
    await expect.poll(() => deleteTopic(client, topic)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    await expect.poll(() => createTopic(client, topic)).toBe(ErrorCode.NONE);
    await expect.poll(async () => (await fetch(client, topic)).error).toBe(ErrorCode.NONE);
  });

  test('a topic whose name differs from another one only in dots and underscores is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    expect(await createTopic(client, `${topic}.a_b`)).toBe(ErrorCode.NONE);
    await expect.poll(async () => (await fetch(client, `${topic}.a_b`)).error).toBe(ErrorCode.NONE);
    expect(await createTopic(client, `${topic}_a.b`)).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
    expect(await createTopic(client, `${topic}.a_b`)).toBe(ErrorCode.TOPIC_ALREADY_EXISTS);
  });

  test('the settings of a topic are told with those it was made with', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { configs: [['retention.ms', '12345']] });
    const admin = kafkaAt(port()).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const { resources } = await admin.describeConfigs({
      includeSynonyms: true,
      resources: [{ type: 2, name: topic }],
    });
    const entries = new Map(resources[0]?.configEntries.map((entry) => [entry.configName, entry]));
    const synonyms = (name: string) =>
      entries.get(name)?.configSynonyms.map(({ configName, configValue }) => `${configName}=${configValue}`);
    expect(synonyms('retention.ms')?.[0]).toBe('retention.ms=12345');
    expect(synonyms('max.message.bytes')).toEqual(['message.max.bytes=1048588']);
    expect(entries.get('retention.ms')).toMatchObject({ configValue: '12345', isDefault: false });
    expect(entries.get('cleanup.policy')).toMatchObject({ configValue: 'delete' });
    expect(entries.get('max.message.bytes')).toMatchObject({ configValue: '1048588', isDefault: true });
  });
}
