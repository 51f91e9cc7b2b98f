import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic } from '../requests.ts';

type Producer = { readonly producerId: number; readonly epoch: number };

async function add(
  broker: Asking,
  { producerId, epoch }: Producer,
  topics: Readonly<Record<string, readonly number[]>>,
  version = 3,
) {
  const answer = await broker.ask(24, version, (w) =>
    w
      .string('id')
      .int64(producerId)
      .int16(epoch)
      .structs(Object.entries(topics), ([topic, partitions]) =>
        w.string(topic).array(partitions, (p) => w.int32(p)),
      ),
  );
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    return a.structs(() => {
      const topic = a.string();
      return a.structs(() => [topic, a.int32(), a.int16()]);
    });
  }).flat();
}
async function withProducer() {
  const broker = offlineBroker();
  for (const topic of ['t', 'u']) await createTopic(broker, topic, { partitions: 2 });
  return { broker, producer: broker.context.transactions.init('id', 60_000, null) };
}

test('where a partition does not exist none is added, and the others are not attempted', async () => {
  const { broker, producer } = await withProducer();
  expect(await add(broker, producer, { t: [0, 7], u: [1, -1] })).toEqual([
    ['t', 0, ErrorCode.OPERATION_NOT_ATTEMPTED],
    ['t', 7, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ['u', 1, ErrorCode.OPERATION_NOT_ATTEMPTED],
    ['u', -1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  ]);
  expect(broker.context.transactions.get('id')?.state).toBe('Empty');
});

test.each([0, 1, 2, 3])('all are added by version %i, also one that is named twice', async (version) => {
  const { broker, producer } = await withProducer();
  expect(await add(broker, producer, { t: [1, 1], u: [0] }, version)).toEqual([
    ['t', 1, ErrorCode.NONE],
    ['t', 1, ErrorCode.NONE],
    ['u', 0, ErrorCode.NONE],
  ]);
  expect(broker.context.transactions.get('id')).toMatchObject({
    state: 'Ongoing',
    partitions: new Set(['t-1', 'u-0']),
  });
});

test('a producer of an earlier epoch is fenced, in the word that its version has for it, and one of another id is unknown', async () => {
  const { broker, producer } = await withProducer();
  broker.context.transactions.init('id', 60_000, null);
  const errorOf = async (one: Producer, version: number) =>
    (await add(broker, one, { t: [0] }, version))[0]?.[2];
  expect([await errorOf(producer, 1), await errorOf(producer, 2)]).toEqual([
    ErrorCode.INVALID_PRODUCER_EPOCH,
    ErrorCode.PRODUCER_FENCED,
  ]);
  const other = { ...producer, producerId: producer.producerId + 1 };
  expect(await errorOf(other, 3)).toBe(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
});
