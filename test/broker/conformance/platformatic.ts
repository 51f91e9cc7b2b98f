// @platformatic/kafka beyond records: topics and their settings, groups that share and hand over partitions, transactions.

import { randomUUID } from 'node:crypto';
import {
  type Admin,
  ConfigResourceTypes,
  type Consumer,
  IncrementalAlterConfigOperationTypes,
  ListOffsetTimestamps,
  type MessagesStream,
} from '@platformatic/kafka';
import { expect, onTestFinished, test } from 'vitest';
import { batch, produce } from '../requests.ts';
import { wireClient } from '../wire-client.ts';
import { platformaticAdmin, platformaticConsumer, platformaticProducer } from './platformatic-client.ts';
import { newGroup, newTopic } from './ready.ts';

type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

const resourceType = ConfigResourceTypes.TOPIC;
const WITHIN = { timeout: 30_000 };

/** Adds what a stream brings to `seen`, as `partition offset value`, until it is closed. */
async function follow(stream: Stream, seen: string[]): Promise<void> {
  for await (const { partition, offset, value } of stream) seen.push(`${partition} ${offset} ${value}`);
}

export function platformatic(port: () => number): void {
  const connected = (): Admin => {
    const made = platformaticAdmin(port());
    onTestFinished(() => made.close());
    return made;
  };
  const member = (group: string): Consumer => {
    const made = platformaticConsumer(port(), group);
    onTestFinished(() => made.close(true));
    return made;
  };
  const settingOf = async (admin: Admin, resourceName: string, name: string) => {
    const [found] = await admin.describeConfigs({ resources: [{ resourceType, resourceName }] });
    return found?.configs.find((config) => config.name === name)?.value;
  };

  test('a topic is made, gets partitions and settings, loses records, and goes', async () => {
    const [admin, wire] = [connected(), await wireClient(port())];
    const topic = `platformatic-${randomUUID()}`;
    const configs = [{ name: 'retention.ms', value: '111111' }];
    const [made] = await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1, configs });
    expect(made).toMatchObject({ name: topic, partitions: 2, replicas: 1 });
    await admin.createPartitions({ topics: [{ name: topic, count: 3 }] });
    expect(await settingOf(admin, topic, 'retention.ms')).toBe('111111');
    await admin.incrementalAlterConfigs({
      resources: [
        {
          resourceType,
          resourceName: topic,
          configs: [
            {
              name: 'segment.bytes',
              configOperation: IncrementalAlterConfigOperationTypes.SET,
              value: '2000000',
            },
          ],
        },
      ],
    });
    await expect.poll(() => settingOf(admin, topic, 'segment.bytes'), WITHIN).toBe('2000000');
    expect(await settingOf(admin, topic, 'retention.ms')).toBe('111111');
    const resources = [
      { resourceType, resourceName: topic, configs: [{ name: 'retention.ms', value: '222222' }] },
    ];
    await admin.alterConfigs({ resources });
    await expect.poll(() => settingOf(admin, topic, 'segment.bytes'), WITHIN).not.toBe('2000000');
    expect(await settingOf(admin, topic, 'retention.ms')).toBe('222222');

    const isWritten = async () => (await produce(wire, topic, batch({ values: ['a', 'b', 'c'] }), 2)).error;
    await expect.poll(isWritten, WITHIN).toBe(0);
    const deleted = await admin.deleteRecords({
      topics: [{ name: topic, partitions: [{ partition: 2, offset: 2n }] }],
    });
    expect(deleted).toEqual([{ name: topic, partitions: [{ partition: 2, lowWatermark: 2n }] }]);
    const earliest = { partitionIndex: 2, timestamp: ListOffsetTimestamps.EARLIEST };
    const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions: [earliest] }] });
    expect(listed?.partitions[0]?.offset).toBe(2n);
    const [broker] = await admin.describeLogDirs({ topics: [{ name: topic, partitions: [2] }] });
    expect(broker?.results[0]?.topics[0]?.partitions[0]?.partitionSize).toBeGreaterThan(0n);
    await admin.deleteTopics({ topics: [topic] });
    await expect.poll(async () => (await admin.listTopics()).includes(topic), WITHIN).toBe(false);
  }, 240_000);

  test('two members share a topic, one takes over where the other committed, and the group is told of and deleted', async () => {
    const [admin, wire] = [connected(), await wireClient(port())];
    const [topic, group] = [await newTopic(wire, { partitions: 2 }), await newGroup(wire)];
    const assigned = (consumer: Consumer) => consumer.assignments?.flatMap(({ partitions }) => partitions);
    const consume = (consumer: Consumer) =>
      consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false });
    const [one, other] = [member(group), member(group)];
    const [ofOne, ofOther]: [string[], string[]] = [[], []];
    const first = await consume(one);
    const following = follow(first, ofOne);
    for (const partition of [0, 1]) await produce(wire, topic, batch({ values: ['a'] }), partition);
    await expect.poll(() => ofOne.toSorted(), WITHIN).toEqual(['0 0 a', '1 0 a']);
    await one.commit({
      offsets: [0, 1].map((partition) => ({ topic, partition, offset: 1n, leaderEpoch: 0 })),
    });

    const second = await consume(other);
    const followingToo = follow(second, ofOther);
    await expect.poll(() => [assigned(one)?.length, assigned(other)?.length], WITHIN).toEqual([1, 1]);
    const listed = async () => {
      const { state, protocolType } = (await admin.listGroups()).get(group) ?? {};
      return { state, protocolType };
    };
    await expect.poll(listed, WITHIN).toEqual({ state: 'STABLE', protocolType: 'consumer' });
    expect((await admin.describeGroups({ groups: [group] })).get(group)?.members.size).toBe(2);

    await first.close();
    await one.close(true);
    await following;
    await expect.poll(() => assigned(other)?.toSorted(), WITHIN).toEqual([0, 1]);
    for (const partition of [0, 1]) await produce(wire, topic, batch({ values: ['b'] }), partition);
    // Who takes over starts at what is committed: a record that it has read a moment before comes again.
    await expect.poll(() => [...new Set(ofOther)].toSorted(), WITHIN).toEqual(['0 1 b', '1 1 b']);
    await second.close();
    await other.close(true);
    await followingToo;

    const [committed] = await admin.listConsumerGroupOffsets({ groups: [group] });
    expect(committed?.topics.flatMap(({ partitions }) => partitions.map((p) => p.committedOffset))).toEqual([
      1n,
      1n,
    ]);
    const isDeleted = () =>
      admin.deleteGroups({ groups: [group] }).then(
        () => true,
        () => false,
      );
    await expect.poll(isDeleted, WITHIN).toBe(true);
    expect((await admin.listGroups()).has(group)).toBe(false);
  }, 240_000);

  test('records and offsets of its transactions count when they are committed, and not when aborted', async () => {
    const wire = await wireClient(port());
    const [inputs, outputs] = [await newTopic(wire), await newTopic(wire)];
    const group = await newGroup(wire);
    await produce(wire, inputs, batch({ values: ['a', 'b'], timestamps: [Date.now(), Date.now()] }));
    const consumer = member(group);
    const stream = await consumer.consume({ topics: [inputs], mode: 'earliest', autocommit: false });
    const producer = platformaticProducer(port(), `transactional-${randomUUID()}`);
    onTestFinished(() => producer.close(true));
    const committed = async () => {
      const offsets = await consumer.listCommittedOffsets({ topics: [{ topic: inputs, partitions: [0] }] });
      return offsets.get(inputs)?.[0];
    };
    let count = 0;
    for await (const message of stream) {
      const transaction = await producer.beginTransaction();
      await transaction.addConsumer(consumer);
      await transaction.send({ messages: [{ topic: outputs, value: message.value }] });
      await transaction.addOffset(message);
      if (count++ === 1) {
        await transaction.abort();
        break;
      }
      await transaction.commit();
      await expect.poll(committed, WITHIN).toBe(message.offset + 1n);
    }
    await stream.close();
    expect(await committed()).toBe(1n);

    const reader = member(await newGroup(wire));
    const seen: string[] = [];
    const committedOnly = {
      topics: [outputs],
      mode: 'earliest' as const,
      autocommit: false,
      isolationLevel: 1,
    };
    const following = reader.consume(committedOnly).then((found) => {
      onTestFinished(() => found.close());
      return follow(found, seen);
    });
    following.catch(() => {}); // it is closed with the test
    const last = await producer.beginTransaction();
    await last.send({ messages: [{ topic: outputs, value: Buffer.from('last') }] });
    await last.commit();
    await expect.poll(() => seen.map((one) => one.split(' ')[2]), WITHIN).toEqual(['a', 'last']);
  }, 240_000);
}
