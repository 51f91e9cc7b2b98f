import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic } from '../requests.ts';

const [TOPIC, BROKER, GROUP] = [2, 4, 32];
const [OF_TOPIC, OF_BROKER, DEFAULT] = [1, 4, 5];

type Asked = readonly [type: number, name: string, keys?: readonly string[] | null];

async function describe(broker: Asking, asked: readonly Asked[], { version = 4, synonyms = false } = {}) {
  const answer = await broker.ask(32, version, (w) => {
    w.structs(asked, ([type, name, keys = null]) => {
      w.int8(type)
        .string(name)
        .array(keys, (key) => w.string(key));
    }).boolean(synonyms);
    if (version >= 3) w.boolean(true);
  });
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return a.structs(() => {
      const [error, message] = [a.int16(), a.nullableString()];
      a.int8();
      a.string();
      const entries = a.structs(() => {
        const [name, value, readOnly, source] = [a.string(), a.nullableString(), a.boolean(), a.int8()];
        expect(a.boolean()).toBe(false);
        const others = a.structs(() => [a.string(), a.nullableString(), a.int8()]);
        if (version >= 3) expect([a.int8() > 0, a.nullableString()]).toEqual([true, null]);
        return { name, value, readOnly, source, others };
      });
      return { error, message, entries };
    });
  });
}
async function withTopic() {
  const broker = offlineBroker({ retentionMs: 1_000 });
  await createTopic(broker, 't', { configs: [['retention.ms', '5']] });
  return broker;
}

test.each([1, 2, 3, 4])(
  'a topic’s settings are told by version %i, with where each comes from',
  async (version) => {
    const broker = await withTopic();
    const [told] = await describe(broker, [[TOPIC, 't', ['retention.ms', 'segment.ms', 'preallocate']]], {
      version,
    });
    expect(told?.entries).toEqual([
      { name: 'retention.ms', value: '5', readOnly: false, source: OF_TOPIC, others: [] },
      { name: 'segment.ms', value: '604800000', readOnly: false, source: DEFAULT, others: [] },
      { name: 'preallocate', value: 'false', readOnly: true, source: DEFAULT, others: [] },
    ]);
  },
);

test('a setting of the topic has the broker’s as a synonym behind it', async () => {
  const broker = await withTopic();
  const [told] = await describe(broker, [[TOPIC, 't', ['retention.ms']]], { synonyms: true });
  expect(told?.entries[0]?.others).toEqual([
    ['retention.ms', '5', OF_TOPIC],
    ['log.retention.ms', '1000', DEFAULT],
  ]);
});

test('the broker is told by its number or by none, with settings that nobody can alter', async () => {
  const broker = await withTopic();
  const [named, unnamed, other] = await describe(broker, [
    [BROKER, '0'],
    [BROKER, ''],
    [BROKER, '1'],
  ]);
  expect(unnamed).toEqual(named);
  expect(named?.entries).toContainEqual({
    name: 'log.retention.ms',
    value: '1000',
    readOnly: true,
    source: OF_BROKER,
    others: [],
  });
  expect(other).toMatchObject({
    error: ErrorCode.INVALID_REQUEST,
    message: 'expected broker 0, the only one',
  });
});

test('a group has no settings, other resources are none, and keys that there are not are left out', async () => {
  const told = await describe(await withTopic(), [
    [GROUP, 'g'],
    [TOPIC, 'nowhere'],
    [8, '0'],
    [-1, ''],
    [TOPIC, 't', ['no.such.key']],
    [TOPIC, 't', []],
  ]);
  // Of a resource that is named twice the last one counts, in the place of the first.
  expect(told).toEqual([
    { error: ErrorCode.NONE, message: null, entries: [] },
    { error: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message: 'there is no such topic', entries: [] },
    { error: ErrorCode.INVALID_REQUEST, message: 'received resource type 8, expected 2 or 4', entries: [] },
    { error: ErrorCode.INVALID_REQUEST, message: 'received resource type -1, expected 2 or 4', entries: [] },
    { error: ErrorCode.NONE, message: null, entries: [] },
  ]);
});
