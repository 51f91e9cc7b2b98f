import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { commitOffset, SIMPLE } from '../group-requests.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

const UNKNOWN_ID = 'dQmuWtNpU25_oxfrjNSDTQ';

type Topics = readonly (readonly [topic: string, partitions: readonly number[]])[] | null;
type Asked = readonly (readonly [group: string, topics: Topics])[];

/** What groups have committed: topic, partition, offset, note and error of each. Versions below 8 ask for one group. */
async function fetchOffsets(broker: OfflineBroker, asked: Asked, version: number, requireStable = false) {
  const answer = await broker.ask(9, version, (w) => {
    const writeTopics = (topics: Topics) =>
      w.structs(topics, ([topic, partitions]) => {
        if (version >= 10) w.uuid(topic);
        else w.string(topic);
        w.array(partitions, (p) => w.int32(p));
      });
    if (version >= 8)
      w.structs(asked, ([group, topics]) => {
        w.string(group);
        if (version >= 9) w.string(null).int32(-1);
        writeTopics(topics);
      });
    else
      for (const [group, topics] of asked) {
        w.string(group);
        writeTopics(topics);
      }
    if (version >= 7) w.boolean(requireStable);
  });
  return whole(answer, (a) => {
    if (version >= 3) a.int32();
    const readTopics = () =>
      a
        .structs(() => {
          const topic = version >= 10 ? a.uuid() : a.string();
          return a.structs(() => {
            const [partition, offset] = [a.int32(), a.int64()];
            if (version >= 5) expect(a.int32()).toBe(-1);
            return [topic, partition, offset, a.nullableString(), a.int16()];
          });
        })
        .flat();
    if (version >= 8)
      return a.structs(() => {
        const found = [a.string(), readTopics()];
        expect(a.int16()).toBe(ErrorCode.NONE);
        return found;
      });
    const found = readTopics();
    if (version >= 2) expect(a.int16()).toBe(ErrorCode.NONE);
    return [[asked[0]?.[0], found]];
  });
}
async function committed() {
  const broker = offlineBroker();
  for (const topic of ['t', 'u']) await createTopic(broker, topic, { partitions: 2 });
  await commitOffset(broker, 'g', SIMPLE, 't', 7, 'note');
  return broker;
}
const T0 = ['t', 0, 7, 'note', ErrorCode.NONE];

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'version %i tells what was committed, and −1 of what was not',
  async (version) => {
    const broker = await committed();
    const asked: Topics = [
      ['t', [0, 1]],
      ['nowhere', [3]],
    ];
    expect(await fetchOffsets(broker, [['g', asked]], version)).toEqual([
      ['g', [T0, ['t', 1, -1, '', ErrorCode.NONE], ['nowhere', 3, -1, '', ErrorCode.NONE]]],
    ]);
    if (version >= 2) expect(await fetchOffsets(broker, [['g', null]], version)).toEqual([['g', [T0]]]);
  },
);

test('several groups are told each once, also those that there are not', async () => {
  const asked: Asked = [
    ['g', null],
    ['nobody', null],
    ['g', [['t', [1]]]],
  ];
  expect(await fetchOffsets(await committed(), asked, 9)).toEqual([
    ['g', [['t', 1, -1, '', ErrorCode.NONE]]],
    ['nobody', []],
  ]);
});

test('version 10 names topics by their ids, of which one that nobody has is unknown', async () => {
  const broker = await committed();
  const id = broker.context.topics.get('t')?.id ?? '';
  const asked: Topics = [
    [id, [0]],
    [UNKNOWN_ID, [0]],
  ];
  expect(await fetchOffsets(broker, [['g', asked]], 10)).toEqual([
    [
      'g',
      [
        [id, 0, 7, 'note', ErrorCode.NONE],
        [UNKNOWN_ID, 0, -1, '', ErrorCode.UNKNOWN_TOPIC_ID],
      ],
    ],
  ]);
  expect(await fetchOffsets(broker, [['g', null]], 10)).toEqual([
    ['g', [[id, 0, 7, 'note', ErrorCode.NONE]]],
  ]);
});

test('an offset that an open transaction may change is unstable for who asks for stable ones', async () => {
  const broker = await committed();
  const { transactions } = broker.context;
  const { producerId, epoch } = transactions.init('id', 60_000, null);
  transactions.addGroup('id', { producerId, epoch }, 'g');
  const pending = { topic: 't', partition: 1, committed: { offset: 9, metadata: null, at: Date.now() } };
  transactions.addOffsets('id', { producerId, epoch }, 'g', [pending]);
  const asked: Asked = [['g', [['t', [0, 1]]]]];
  const unstable = ['t', 1, -1, '', ErrorCode.UNSTABLE_OFFSET_COMMIT];
  expect(await fetchOffsets(broker, asked, 7, true)).toEqual([['g', [T0, unstable]]]);
  expect(await fetchOffsets(broker, asked, 7)).toEqual([['g', [T0, ['t', 1, -1, '', ErrorCode.NONE]]]]);
  transactions.end('id', { producerId, epoch }, true);
  expect(await fetchOffsets(broker, asked, 7, true)).toEqual([
    ['g', [T0, ['t', 1, 9, null, ErrorCode.NONE]]],
  ]);
});
