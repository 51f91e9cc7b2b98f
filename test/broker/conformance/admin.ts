// CreatePartitions, DeleteRecords, AlterConfigs, IncrementalAlterConfigs and DeleteGroups, by kafkajs and as bytes.

import type { Admin } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import {
  APPEND,
  alterConfigs,
  DELETE,
  type Resource,
  SET,
  type Setting,
  SUBTRACT,
  TOPIC_TYPE,
} from '../config-requests.ts';
import { batch, fetch, listOffset, produce } from '../requests.ts';
import { kafkaAt } from '../running-broker.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { newTopic } from './ready.ts';

const EARLIEST = -2;
const NOWHERE = 'nowhere';

/** Changes a setting of a topic; resolves with the error code. */
async function change(
  client: WireClient,
  topic: string,
  name: string,
  operation: number,
  value: string | null,
): Promise<ErrorCode | undefined> {
  const [altered] = await alterConfigs(client, 44, 0, [[TOPIC_TYPE, topic, [[name, value, operation]]]]);
  return altered?.error;
}

/** Alters topics, each by the settings given for it, one by one (44) or as a whole (33); resolves with their error codes. */
async function alterAll(
  client: WireClient,
  key: 33 | 44,
  topics: readonly (readonly [topic: string, settings: readonly Setting[]])[],
): Promise<ErrorCode[]> {
  const resources = topics.map(([topic, settings]): Resource => [TOPIC_TYPE, topic, settings]);
  return (await alterConfigs(client, key, 0, resources)).map(({ error }) => error);
}

/** Lets a partition start at an offset, −1 for its end. */
async function deleteTo(
  client: WireClient,
  topic: string,
  offset: number,
): Promise<{ error: number; lowWatermark: number }> {
  const answer = await client.ask(21, 1, (w) => {
    w.structs([topic], (one) => w.string(one).structs([0], (p) => w.int32(p).int64(offset))).int32(10_000);
  });
  answer.int32();
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      const lowWatermark = answer.int64();
      return { lowWatermark, error: answer.int16() };
    });
  });
  return first?.[0] ?? { error: -1, lowWatermark: -1 };
}

export function admin(port: () => number): void {
  const connected = async (): Promise<Admin> => {
    const made = kafkaAt(port()).admin();
    await made.connect();
    onTestFinished(() => made.disconnect());
    return made;
  };
  const settingsOf = async (client: Admin, topic: string) => {
    const { resources } = await client.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_TYPE, name: topic }],
    });
    return new Map(
      resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
  };

  test('a topic gets more partitions, and those that it had keep their records', async () => {
    const [client, wire] = [await connected(), await wireClient(port())];
    const topic = await newTopic(wire, { partitions: 1 });
    await produce(wire, topic, batch({ values: ['kept'] }));
    await client.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    const counted = async () =>
      (await client.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length;
    await expect.poll(counted).toBe(3);
    await expect.poll(async () => (await produce(wire, topic, batch(), 2)).error).toBe(ErrorCode.NONE);
    expect((await fetch(wire, topic)).records.toString('latin1')).toContain('kept');
    for (const count of [3, 1, 0])
      await expect(client.createPartitions({ topicPartitions: [{ topic, count }] })).rejects.toThrow();
    await expect(
      client.createPartitions({ topicPartitions: [{ topic: 'nowhere', count: 3 }] }),
    ).rejects.toThrow();
  });

  test('settings that are altered as a whole replace those that the topic had', async () => {
    const [client, wire] = [await connected(), await wireClient(port())];
    const topic = await newTopic(wire, { configs: [['retention.ms', '111111']] });
    const alter = (name: string, value: string) =>
      client.alterConfigs({
        validateOnly: false,
        resources: [{ type: TOPIC_TYPE, name: topic, configEntries: [{ name, value }] }],
      });
    await alter('segment.bytes', '2000000');
    await expect.poll(async () => (await settingsOf(client, topic)).get('segment.bytes')).toBe('2000000');
    expect((await settingsOf(client, topic)).get('retention.ms')).not.toBe('111111');
    await expect(alter('retention.ms', 'soon')).rejects.toThrow();
    await expect(alter('no.such.setting', '1')).rejects.toThrow();
    expect((await settingsOf(client, topic)).get('segment.bytes')).toBe('2000000');
  });

  test('settings are altered one by one, and lists are added to and taken from', async () => {
    const [client, wire] = [await connected(), await wireClient(port())];
    const topic = await newTopic(wire, { configs: [['retention.ms', '111111']] });
    const setting = (name: string) => async () => (await settingsOf(client, topic)).get(name);
    expect(await change(wire, topic, 'segment.bytes', SET, '2000000')).toBe(ErrorCode.NONE);
    await expect.poll(setting('segment.bytes')).toBe('2000000');
    expect(await setting('retention.ms')()).toBe('111111');
    expect(await change(wire, topic, 'segment.bytes', DELETE, null)).toBe(ErrorCode.NONE);
    await expect.poll(setting('segment.bytes')).not.toBe('2000000');
    expect(await change(wire, topic, 'cleanup.policy', APPEND, 'compact')).toBe(ErrorCode.NONE);
    await expect.poll(setting('cleanup.policy')).toMatch(/^(?:compact,delete|delete,compact)$/);
    expect(await change(wire, topic, 'cleanup.policy', SUBTRACT, 'delete')).toBe(ErrorCode.NONE);
    await expect.poll(setting('cleanup.policy')).toBe('compact');
    expect(await change(wire, topic, 'retention.ms', APPEND, '5')).not.toBe(ErrorCode.NONE);
    expect(await change(wire, topic, 'retention.ms', SET, 'soon')).not.toBe(ErrorCode.NONE);
    expect(await change(wire, 'nowhere', 'retention.ms', SET, '5')).toBe(
      ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    );
  });

  test('a setting or a resource that comes twice, or a setting without a value, is refused', async () => {
    const [client, wire] = [await connected(), await wireClient(port())];
    const topic = await newTopic(wire, { configs: [['retention.ms', '111111']] });
    const [other, set] = [await newTopic(wire), ['segment.bytes', '2000000'] as const];
    const { INVALID_REQUEST, NONE } = ErrorCode;
    for (const key of [33, 44] as const) {
      expect(await alterAll(wire, key, [[topic, [set, set]]])).toEqual([INVALID_REQUEST]);
      expect(await alterAll(wire, key, [[topic, [set, ['retention.ms', null]]]])).toEqual([INVALID_REQUEST]);
      expect(await alterAll(wire, key, [[NOWHERE, [['retention.ms', null]]]])).toEqual([INVALID_REQUEST]);
    }
    // Not by AlterConfigs, which Apache Kafka then leaves without an answer.
    const twice = [
      [topic, [set]],
      [other, [set]],
      [topic, [['retention.ms', '5']]],
    ] as const;
    expect((await alterAll(wire, 44, twice)).sort()).toEqual([NONE, INVALID_REQUEST, INVALID_REQUEST]);
    await expect.poll(async () => (await settingsOf(client, other)).get('segment.bytes')).toBe('2000000');
    const settings = await settingsOf(client, topic);
    expect(settings.get('retention.ms')).toBe('111111');
    expect(settings.get('segment.bytes')).not.toBe('2000000');
  });

  test('records before an offset are deleted, and the partition starts there, also at its end', async () => {
    const wire = await wireClient(port());
    const topic = await newTopic(wire);
    for (let n = 0; n < 10; n++) await produce(wire, topic, batch({ values: [`value ${n}`] }));
    expect(await deleteTo(wire, topic, 4)).toEqual({ error: ErrorCode.NONE, lowWatermark: 4 });
    expect((await listOffset(wire, topic, EARLIEST)).offset).toBe(4);
    expect((await fetch(wire, topic, { offset: 3 })).error).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    const left = await fetch(wire, topic, { offset: 4 });
    expect(left).toMatchObject({ error: ErrorCode.NONE, startOffset: 4, highWatermark: 10 });
    expect(left.records.toString('latin1')).toContain('value 4');
    expect((await deleteTo(wire, topic, 11)).error).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
    expect((await deleteTo(wire, 'nowhere', 0)).error).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    expect(await deleteTo(wire, topic, 2)).toEqual({ error: ErrorCode.NONE, lowWatermark: 4 });
    expect(await deleteTo(wire, topic, -1)).toEqual({ error: ErrorCode.NONE, lowWatermark: 10 });
    await produce(wire, topic, batch({ values: ['after'] }));
    expect((await fetch(wire, topic, { offset: 10 })).records.toString('latin1')).toContain('after');
  });

  test('records of a topic that is only compacted are not deleted', async () => {
    const wire = await wireClient(port());
    const topic = await newTopic(wire, { configs: [['cleanup.policy', 'compact']] });
    await produce(wire, topic, batch({ keys: ['a'], values: ['b'] }));
    expect((await deleteTo(wire, topic, 1)).error).toBe(ErrorCode.POLICY_VIOLATION);
    expect((await listOffset(wire, topic, EARLIEST)).offset).toBe(0);
  });

  test('a group without members is deleted with its offsets, one with members is not', async () => {
    const [client, wire] = [await connected(), await wireClient(port())];
    const topic = await newTopic(wire);
    const groupId = `deleted-${topic}`;
    const kafka = kafkaAt(port());
    const consumer = kafka.consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const read = new Promise<void>((resolve) => {
      void consumer.run({ eachMessage: async () => resolve() });
    });
    await produce(wire, topic, batch());
    await read;
    await consumer.commitOffsets([{ topic, partition: 0, offset: '1' }]);
    await expect(client.deleteGroups([groupId])).rejects.toThrow();
    await consumer.disconnect();
    await expect
      .poll(
        () =>
          client.deleteGroups([groupId]).then(
            () => true,
            () => false,
          ),
        { timeout: 15_000 },
      )
      .toBe(true);
    const offsets = await client.fetchOffsets({ groupId, topics: [topic] });
    expect(offsets[0]?.partitions[0]?.offset).toBe('-1');
    await expect(client.deleteGroups(['never-seen'])).rejects.toThrow();
  }, 240_000);
}
