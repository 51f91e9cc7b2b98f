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
