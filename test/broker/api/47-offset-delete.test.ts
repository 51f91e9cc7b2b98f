import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { failing } from '../failing-disk.ts';
import { commitOffset, joinGroup, SIMPLE, syncGroup } from '../group-requests.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic } from '../requests.ts';

async function remove(broker: Asking, group: string, topics: Readonly<Record<string, readonly number[]>>) {
  const answer = await broker.ask(47, 0, (w) =>
    w
      .string(group)
      .structs(Object.entries(topics), ([topic, partitions]) =>
        w.string(topic).array(partitions, (p) => w.int32(p)),
      ),
  );
  return whole(answer, (a) => {
    const error = a.int16();
    expect(a.int32()).toBe(0);
    const partitions = a.structs(() => {
      const topic = a.string();
      return a.structs(() => [topic, a.int32(), a.int16()]);
    });
    return { error, partitions: partitions.flat() };
  });
}
async function committed() {
  const broker = offlineBroker();
  for (const topic of ['t', 'u']) {
    await createTopic(broker, topic);
    await commitOffset(broker, 'g', SIMPLE, topic, 7);
  }
  return broker;
}
/** The metadata of a consumer that is subscribed to a topic: version [topic]. */
const subscribedTo = (topic: string) =>
  Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 1, 0, topic.length), Buffer.from(topic)]).toString('latin1');

test('offsets are deleted partition by partition, and a group without any is gone', async () => {
  const broker = await committed();
  expect(await remove(broker, 'g', { t: [0, 1], nowhere: [0] })).toEqual({
    error: ErrorCode.NONE,
    partitions: [
      ['t', 0, ErrorCode.NONE],
      ['t', 1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
      ['nowhere', 0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  });
  expect(broker.context.groups.offsets.of('g').map(({ topic }) => topic)).toEqual(['u']);
  await remove(broker, 'g', { u: [0] });
  expect(await remove(broker, 'g', { u: [0] })).toEqual({
    error: ErrorCode.GROUP_ID_NOT_FOUND,
    partitions: [],
  });
});

test('offsets of a topic that a member is subscribed to stay, those of others do not', async () => {
  const broker = await committed();
  const options = { instanceId: 'one', protocolType: 'consumer', metadata: subscribedTo('t') };
  const joined = await joinGroup(broker, 'g', options);
  await syncGroup(broker, 'g', { ...joined, instanceId: 'one' });
  expect((await remove(broker, 'g', { t: [0], u: [0] })).partitions).toEqual([
    ['t', 0, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC],
    ['u', 0, ErrorCode.NONE],
  ]);
  expect(broker.context.groups.offsets.of('g').map(({ topic }) => topic)).toEqual(['t']);
});

test('of a group with members of another kind nothing is deleted, as nobody knows what they are subscribed to', async () => {
  const broker = await committed();
  await joinGroup(broker, 'g', { instanceId: 'one' });
  expect(await remove(broker, 'g', { t: [0] })).toEqual({ error: ErrorCode.NON_EMPTY_GROUP, partitions: [] });
});

test('where the disk refuses it nothing is deleted', async () => {
  const broker = await committed();
  let removing: Promise<unknown> | undefined;
  failing(['writeSync'], () => {
    removing = remove(broker, 'g', { t: [0] });
  });
  expect(await removing).toEqual({ error: ErrorCode.COORDINATOR_NOT_AVAILABLE, partitions: [] });
  expect(broker.context.groups.offsets.get('g', 't', 0)?.offset).toBe(7);
});
