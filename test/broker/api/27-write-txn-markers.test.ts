import { expect, test, vi } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';

/** Ends a producer's transaction in partitions of `t`; the error of each. */
async function end(broker: Asking, producerId: number, epoch: number, partitions: readonly number[] = [0]) {
  const answer = await broker.ask(27, 1, (w) =>
    w.structs([0], () => {
      w.int64(producerId).int16(epoch).boolean(false);
      w.structs(['t'], (topic) => w.string(topic).array(partitions, (p) => w.int32(p))).int32(0);
    }),
  );
  return whole(answer, (a) =>
    a.structs(() => {
      expect(a.int64()).toBe(producerId);
      return a.structs(() => {
        a.string();
        return a.structs(() => [a.int32(), a.int16()]);
      });
    }),
  ).flat(2);
}

/** A broker in whose only partition a producer has a transaction open. */
async function open(options = {}) {
  const broker = offlineBroker(options);
  await createTopic(broker, 't');
  const { producerId, epoch } = broker.context.transactions.init('id', 60_000, null);
  broker.context.transactions.addPartitions('id', { producerId, epoch }, ['t-0']);
  await produce(broker, 't', batch({ producerId, epoch, sequence: 0, attributes: 1 << 4 }), 0, 'id');
  const log = broker.context.topics.partition('t', 0);
  if (log === undefined) throw new Error('there is no partition');
  return { broker, log, producerId, epoch };
}

test('what is open ends by one marker, and is not ended twice', async () => {
  const { broker, log, producerId, epoch } = await open();
  expect(await end(broker, producerId, epoch)).toEqual([[0, ErrorCode.NONE]]);
  expect([log.openSince(producerId), log.endOffset, log.lastStableOffset]).toEqual([undefined, 2, 2]);
  expect(await end(broker, producerId, epoch)).toEqual([[0, ErrorCode.NONE]]);
  expect(log.endOffset).toBe(2);
});

test('an epoch before that of the producer, and a partition that there is not, are refused', async () => {
  const { broker, log, producerId, epoch } = await open();
  expect(await end(broker, producerId, epoch - 1, [0, 1, -1])).toEqual([
    [0, ErrorCode.INVALID_PRODUCER_EPOCH],
    [1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [-1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  ]);
  expect(log.openSince(producerId)).toBe(0);
});

test.each([
  [0, 1],
  [-1, 0],
])(
  'with fsyncMs %i a marker is forced onto the disk %i times before its acknowledgement',
  async (fsyncMs, times) => {
    const { broker, log, producerId, epoch } = await open({ fsyncMs });
    const sync = vi.spyOn(log, 'sync');
    await end(broker, producerId, epoch);
    expect(sync).toHaveBeenCalledTimes(times);
  },
);

test('a marker that the disk refuses is the error of its partition', async () => {
  const { broker, log, producerId, epoch } = await open();
  vi.spyOn(log, 'append').mockImplementation(() => {
    throw new Error('ENOSPC');
  });
  expect(await end(broker, producerId, epoch)).toEqual([[0, ErrorCode.KAFKA_STORAGE_ERROR]]);
});
