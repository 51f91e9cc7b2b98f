import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { failing } from '../failing-disk.ts';
import { commitOffset, SIMPLE } from '../group-requests.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic, deleteTopic } from '../requests.ts';

const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const UNKNOWN_ID = 'dQmuWtNpU25_oxfrjNSDTQ';

/** Deletes topics by v6: by name, or by id where the name is null. */
async function remove(broker: Asking, asked: readonly (readonly [name: string | null, id: string])[]) {
  const answer = await broker.ask(20, 6, (w) =>
    w.structs(asked, ([name, id]) => w.string(name).uuid(id)).int32(10_000),
  );
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return a.structs(() => [a.nullableString(), a.uuid(), a.int16(), a.nullableString()]);
  });
}
const idOf = (broker: OfflineBroker, name: string) => broker.context.topics.get(name)?.id ?? '';
const NO_TOPIC = 'there is no such topic';

test('a topic is deleted by its name or its id, once, and told with both', async () => {
  const broker = offlineBroker();
  for (const name of ['a', 'b', 'c']) await createTopic(broker, name);
  const [a, b] = [idOf(broker, 'a'), idOf(broker, 'b')];
  expect(
    await remove(broker, [
      ['a', NO_ID],
      [null, b],
      [null, b],
      ['a', NO_ID],
      ['nowhere', NO_ID],
      [null, UNKNOWN_ID],
    ]),
  ).toEqual([
    ['a', a, ErrorCode.NONE, null],
    ['b', b, ErrorCode.NONE, null],
    ['nowhere', NO_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, NO_TOPIC],
    [null, UNKNOWN_ID, ErrorCode.UNKNOWN_TOPIC_ID, NO_TOPIC],
  ]);
  expect(broker.context.topics.all().map(({ name }) => name)).toEqual(['c']);
});

test('what a group has committed goes in one write with the topic, and before it: another of its name inherits nothing', async () => {
  const broker = offlineBroker();
  const { dataDir } = broker.context.settings;
  for (const name of ['a', 'b']) await createTopic(broker, name);
  for (const group of ['one', 'two'])
    for (const topic of ['a', 'b']) expect(await commitOffset(broker, group, SIMPLE, topic, 7)).toBe(0);
  const before = readFileSync(`${dataDir}/journal`).length;
  expect(await deleteTopic(broker, 'a')).toBe(ErrorCode.NONE);
  const written = readFileSync(`${dataDir}/journal`).subarray(before).toString('latin1');
  const keys = [...written.matchAll(/\[(\["[^\]]*\]),null\]/g)].map(([, key]) => key);
  expect(keys).toEqual([
    '["offset","one","a",0]',
    '["offset","two","a",0]',
    '["start","a",0]',
    '["topic","a"]',
  ]);
  const { offsets } = broker.context.groups;
  expect([offsets.get('one', 'a', 0), offsets.get('one', 'b', 0)?.offset]).toEqual([undefined, 7]);
  broker.close();
  const again = offlineBroker({ dataDir });
  expect(again.context.groups.offsets.of('two').map(({ topic }) => topic)).toEqual(['b']);
});

test('a topic whose deletion the disk refuses stays, with what was committed of it', async () => {
  const broker = offlineBroker();
  await createTopic(broker, 'a');
  await commitOffset(broker, 'g', SIMPLE, 'a', 7);
  let deleting: Promise<unknown> | undefined;
  failing(['writeSync'], () => {
    deleting = remove(broker, [['a', NO_ID]]);
  });
  expect(await deleting).toEqual([
    ['a', idOf(broker, 'a'), ErrorCode.KAFKA_STORAGE_ERROR, 'the broker cannot write to its folder'],
  ]);
  expect(broker.context.groups.offsets.get('g', 'a', 0)?.offset).toBe(7);
  expect(await deleteTopic(broker, 'a')).toBe(ErrorCode.NONE);
  expect(broker.context.groups.get('g')).toBeUndefined();
});
