import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { joinGroup } from '../group-requests.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';
import { addOffsets, type TestProducer } from '../transaction-requests.ts';

type Options = {
  readonly version?: number;
  readonly group?: string;
  readonly generation?: number;
  readonly memberId?: string;
};

async function commit(
  broker: OfflineBroker,
  { transactionalId, producerId, epoch }: TestProducer,
  asked: readonly (readonly [topic: string, partition: number, metadata?: string])[],
  { version = 3, group = 'g', generation = -1, memberId = '' }: Options = {},
) {
  const answer = await broker.ask(28, version, (w) => {
    w.string(transactionalId).string(group).int64(producerId).int16(epoch);
    if (version >= 3) w.int32(generation).string(memberId).string(null);
    w.structs(asked, ([topic, partition, metadata = '']) =>
      w.string(topic).structs([partition], (p) => {
        w.int32(p).int64(7);
        if (version >= 2) w.int32(0);
        w.string(metadata);
      }),
    );
  });
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return a.structs(() => {
      a.string();
      return a.structs(() => {
        a.int32();
        return a.int16();
      });
    });
  }).flat();
}
async function withProducer() {
  const broker = offlineBroker();
  await createTopic(broker, 't');
  const { producerId, epoch } = broker.context.transactions.init('id', 60_000, null);
  return { broker, producer: { transactionalId: 'id', producerId, epoch } };
}
const offsetOf = ({ context }: OfflineBroker) => context.groups.offsets.get('g', 't', 0)?.offset;

test.each([0, 1, 2, 3, 4])(
  'offsets of version %i count once the transaction is committed',
  async (version) => {
    const { broker, producer } = await withProducer();
    expect(await addOffsets(broker, producer, 'g')).toBe(ErrorCode.NONE);
    expect(await commit(broker, producer, [['t', 0]], { version })).toEqual([ErrorCode.NONE]);
    expect(offsetOf(broker)).toBeUndefined();
    broker.context.transactions.end('id', producer, true);
    expect(offsetOf(broker)).toBe(7);
  },
);

test('a group that was not added is an error from which newer clients can abort', async () => {
  const { broker, producer } = await withProducer();
  expect(await commit(broker, producer, [['t', 0]], { version: 3 })).toEqual([ErrorCode.INVALID_TXN_STATE]);
  expect(await commit(broker, producer, [['t', 0]], { version: 4 })).toEqual([
    ErrorCode.TRANSACTION_ABORTABLE,
  ]);
});

test('what can not be committed is refused by partition, a group without a name as a whole', async () => {
  const { broker, producer } = await withProducer();
  await addOffsets(broker, producer, 'g');
  const asked = [
    ['t', 0],
    ['t', 1],
    ['nowhere', 0],
    ['t', 0, 'x'.repeat(4097)],
  ] as const;
  expect(await commit(broker, producer, asked)).toEqual([
    ErrorCode.NONE,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.OFFSET_METADATA_TOO_LARGE,
  ]);
  expect(await commit(broker, producer, [['t', 0]], { group: '' })).toEqual([ErrorCode.INVALID_GROUP_ID]);
});

test('a member of another generation is refused; a producer that names none is not', async () => {
  const { broker, producer } = await withProducer();
  const { memberId } = await joinGroup(broker, 'g', { instanceId: 'one' });
  await addOffsets(broker, producer, 'g');
  const late = await commit(broker, producer, [['t', 0]], { generation: 0, memberId });
  expect(late).toEqual([ErrorCode.ILLEGAL_GENERATION]);
  expect(await commit(broker, producer, [['t', 0]], { generation: 1, memberId })).toEqual([ErrorCode.NONE]);
  expect(await commit(broker, producer, [['t', 0]], { version: 2 })).toEqual([ErrorCode.NONE]);
});

test('a fenced producer is told so in the word that every version of this API knows', async () => {
  const { broker, producer } = await withProducer();
  broker.context.transactions.init('id', 60_000, null);
  expect(await commit(broker, producer, [['t', 0]], { version: 4 })).toEqual([
    ErrorCode.INVALID_PRODUCER_EPOCH,
  ]);
});
