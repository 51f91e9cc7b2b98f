import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic } from '../requests.ts';

const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const UNKNOWN_ID = 'dQmuWtNpU25_oxfrjNSDTQ';
const NOT_ASKED = -(2 ** 31);

type Asked = { readonly name: string | null; readonly id?: string };
type Options = { readonly version?: number; readonly mayCreate?: boolean; readonly operations?: boolean };

/** The topics as error, name and count of partitions, and what else a version tells. */
async function metadata(broker: Asking, asked: readonly Asked[] | null, options: Options = {}) {
  const { version = 9, mayCreate = false, operations = false } = options;
  const answer = await broker.ask(3, version, (w) => {
    w.structs(asked, ({ name, id = NO_ID }) => {
      if (version >= 10) w.uuid(id);
      w.string(name);
    });
    if (version >= 4) w.boolean(mayCreate);
    if (version >= 8 && version <= 10) w.boolean(operations);
    if (version >= 8) w.boolean(operations);
  });
  return whole(answer, (a) => {
    if (version >= 3) a.int32();
    const nodes = a.structs(() => {
      const node = [a.int32(), a.string(), a.int32()];
      if (version >= 1) expect(a.nullableString()).toBeNull();
      return node;
    });
    expect(nodes).toEqual([[0, '127.0.0.1', 40_000]]);
    if (version >= 2) expect(a.nullableString()).toBe('a cluster');
    if (version >= 1) expect(a.int32()).toBe(0);
    const bits: number[] = [];
    const topics = a.structs(() => {
      const [error, name] = [a.int16(), a.nullableString()];
      const id = version >= 10 ? a.uuid() : NO_ID;
      if (version >= 1) expect(a.boolean()).toBe(false);
      const partitions = a.structs(() => {
        expect(a.int16()).toBe(ErrorCode.NONE);
        const partition = a.int32();
        const leader = a.int32();
        if (version >= 7) a.int32();
        expect([leader, a.array(() => a.int32()), a.array(() => a.int32())]).toEqual([0, [0], [0]]);
        if (version >= 5) expect(a.array(() => a.int32())).toEqual([]);
        return partition;
      });
      if (version >= 8) bits.push(a.int32());
      return { error, name, id, partitions };
    });
    if (version >= 8 && version <= 10) bits.push(a.int32());
    if (version >= 13) expect(a.int16()).toBe(ErrorCode.NONE);
    return { topics, bits };
  });
}
const told = async (...args: Parameters<typeof metadata>) =>
  (await metadata(...args)).topics.map(({ error, name, partitions }) => [error, name, partitions.length]);

async function withTopics(options = {}) {
  const broker = offlineBroker(options);
  for (const [name, partitions] of [
    ['a', 2],
    ['b.c', 1],
  ] as const)
    await createTopic(broker, name, { partitions });
  return broker;
}
const ALL = [
  [ErrorCode.NONE, 'a', 2],
  [ErrorCode.NONE, 'b.c', 1],
];

test('all topics are asked for by null, and in version 0, which has none, by an empty list', async () => {
  const broker = await withTopics();
  for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    expect([version, await told(broker, null, { version })]).toEqual([version, ALL]);
  expect(await told(broker, [], { version: 0 })).toEqual(ALL);
  expect(await told(broker, [], { version: 1 })).toEqual([]);
});

test('a topic is told once, by its name or its id', async () => {
  const broker = await withTopics();
  const id = broker.context.topics.get('a')?.id ?? '';
  const asked = [{ name: 'a' }, { name: 'a' }, { name: null, id }, { name: '', id }];
  const { topics } = await metadata(broker, asked, { version: 12 });
  expect(topics).toEqual(Array(3).fill({ error: ErrorCode.NONE, name: 'a', id, partitions: [0, 1] }));
});

test('an id that no topic has has no name, which a version without null tells as an empty one', async () => {
  const broker = await withTopics();
  const asked = [{ name: null, id: UNKNOWN_ID }];
  const name = async (version: number) => (await metadata(broker, asked, { version })).topics;
  const unknown = { error: ErrorCode.UNKNOWN_TOPIC_ID, id: UNKNOWN_ID, partitions: [] };
  expect([await name(11), await name(12)]).toEqual([
    [{ ...unknown, name: '' }],
    [{ ...unknown, name: null }],
  ]);
});

test.each<[string, string, Options, object, ErrorCode]>([
  ['is made where client and broker allow it', 'new', { mayCreate: true }, {}, ErrorCode.NONE],
  ['is made by versions that can not say whether they may', 'new', { version: 3 }, {}, ErrorCode.NONE],
  ['is unknown where the client forbids it', 'new', {}, {}, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  [
    'is unknown where the broker forbids it',
    'new',
    { mayCreate: true },
    { autoCreateTopics: false },
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ],
  ['is invalid by its name', 'a/b', { mayCreate: true }, {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
  ['is invalid by the name of another', 'b_c', { mayCreate: true }, {}, ErrorCode.INVALID_TOPIC_EXCEPTION],
  ['is one too many', 'new', { mayCreate: true }, { maxPartitions: 3 }, ErrorCode.POLICY_VIOLATION],
])('a topic that there is not %s', async (_, name, options, settings, error) => {
  const broker = await withTopics(settings);
  const made = error === ErrorCode.NONE;
  expect(await told(broker, [{ name }], options)).toEqual([[error, name, made ? 1 : 0]]);
  expect(broker.context.topics.get(name) !== undefined).toBe(made);
});

test('operations are told where they are asked for', async () => {
  const broker = await withTopics();
  const asked = [{ name: 'a' }];
  expect((await metadata(broker, asked, { version: 10 })).bits).toEqual([NOT_ASKED, NOT_ASKED]);
  const [ofTopic, ofCluster] = (await metadata(broker, asked, { version: 10, operations: true })).bits;
  expect([ofTopic, ofCluster]).not.toContain(NOT_ASKED);
  expect((await metadata(broker, asked, { version: 11, operations: true })).bits).toEqual([ofTopic]);
});
