import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

const UNKNOWN_ID = 'dQmuWtNpU25_oxfrjNSDTQ';

type Asked = {
  readonly topic: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly metadata?: string | null;
};
type Options = { readonly version?: number; readonly generation?: number; readonly memberId?: string };

/** Commits for the group `g`; the partition and the error of each. */
async function commit(broker: OfflineBroker, asked: readonly Asked[], options: Options = {}) {
  const { version = 9, generation = -1, memberId = '' } = options;
  const answer = await broker.ask(8, version, (w) => {
    w.string('g').int32(generation).string(memberId);
    if (version >= 7) w.string(null);
    if (version >= 2 && version <= 4) w.int64(-1);
    w.structs(asked, ({ topic, partition = 0, offset = 5, metadata = 'note' }) => {
      if (version >= 10) w.uuid(topic);
      else w.string(topic);
      w.structs([partition], (p) => {
        w.int32(p).int64(offset);
        if (version >= 6) w.int32(3);
        if (version === 1) w.int64(Date.now());
        w.string(metadata);
      });
    });
  });
  return whole(answer, (a) => {
    if (version >= 3) expect(a.int32()).toBe(0);
    return a.structs(() => {
      if (version >= 10) a.uuid();
      else a.string();
      return a.structs(() => [a.int32(), a.int16()]);
    });
  }).flat();
}
async function withTopic() {
  const broker = offlineBroker();
  await createTopic(broker, 't', { partitions: 2 });
  return broker;
}
const committed = ({ context }: OfflineBroker, partition = 0) =>
  context.groups.offsets.get('g', 't', partition);

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('version %i commits an offset with its note', async (version) => {
  const broker = await withTopic();
  const topic = version >= 10 ? (broker.context.topics.get('t')?.id ?? '') : 't';
  expect(await commit(broker, [{ topic, partition: 1, offset: 2 ** 40 }], { version })).toEqual([
    [1, ErrorCode.NONE],
  ]);
  const leaderEpoch = version >= 6 ? 3 : -1;
  expect(committed(broker, 1)).toMatchObject({ offset: 2 ** 40, metadata: 'note', leaderEpoch });
});

test('what can not be committed is refused by partition, and the others are committed', async () => {
  const broker = await withTopic();
  const longest = 'x'.repeat(4096);
  expect(
    await commit(broker, [
      { topic: 't', partition: 2 },
      { topic: 't', partition: -1 },
      { topic: 'nowhere' },
      { topic: 't', partition: 1, metadata: `${longest}x` },
      { topic: 't', partition: 0, metadata: longest },
    ]),
  ).toEqual([
    [2, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [-1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [1, ErrorCode.OFFSET_METADATA_TOO_LARGE],
    [0, ErrorCode.NONE],
  ]);
  expect([committed(broker)?.metadata, committed(broker, 1)]).toEqual([longest, undefined]);
});

test('an id that no topic has is an unknown id, whatever the group says', async () => {
  const broker = await withTopic();
  expect(await commit(broker, [{ topic: UNKNOWN_ID }], { version: 10 })).toEqual([
    [0, ErrorCode.UNKNOWN_TOPIC_ID],
  ]);
  const stranger = { version: 10, generation: 7, memberId: 'x' };
  expect(await commit(broker, [{ topic: UNKNOWN_ID }], stranger)).toEqual([[0, ErrorCode.UNKNOWN_TOPIC_ID]]);
});

test('a member that there is not commits nothing, and makes no group', async () => {
  const broker = await withTopic();
  const errors = await commit(broker, [{ topic: 't' }, { topic: 'nowhere' }], {
    generation: 1,
    memberId: 'x',
  });
  expect(errors).toEqual([
    [0, ErrorCode.ILLEGAL_GENERATION],
    [0, ErrorCode.ILLEGAL_GENERATION],
  ]);
  expect(broker.context.groups.get('g')).toBeUndefined();
});
