import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { failing } from '../failing-disk.ts';
import { type OfflineBroker, offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';

type Asked = { readonly topic: string; readonly partition?: number; readonly records?: Buffer };

/** Produces by v8; the error, the first offset and the message of each partition. */
async function send(broker: OfflineBroker, asked: readonly Asked[], acks = -1) {
  const answer = await broker.send(0, 8, (w) => {
    w.string(null).int16(acks).int32(1000);
    w.structs(asked, ({ topic, partition = 0, records = batch() }) =>
      w.string(topic).structs([partition], (p) => w.int32(p).bytes(records)),
    );
  });
  return (
    answer &&
    whole(answer, (a) => {
      const topics = a.structs(() => {
        a.string();
        return a.structs(() => {
          a.int32();
          const [error, offset] = [a.int16(), a.int64()];
          expect(a.int64()).toBe(-1);
          a.int64();
          expect(a.structs(() => {})).toEqual([]);
          return [error, offset, a.nullableString()];
        });
      });
      expect(a.int32()).toBe(0);
      return topics.flat();
    })
  );
}
async function withTopic(options = {}) {
  const broker = offlineBroker(options);
  await createTopic(broker, 't', { partitions: 2, configs: [['max.message.bytes', '100']] });
  return broker;
}
const endOf = ({ context }: OfflineBroker, partition = 0) =>
  context.topics.partition('t', partition)?.endOffset;

test('a partition that refuses its batch keeps no other from storing its own, and says what it expected', async () => {
  const broker = await withTopic();
  const large = batch({ values: ['x'.repeat(100)] });
  const ahead = batch({ timestamps: [Date.UTC(2100, 0, 1)] });
  const never = batch({ timestamps: [2 ** 53] });
  expect(
    await send(broker, [
      { topic: 't', records: large },
      { topic: 'nowhere' },
      { topic: 't', partition: -1 },
      { topic: 't', partition: 1, records: ahead },
      { topic: 't', partition: 1, records: never },
      { topic: 't', partition: 1 },
    ]),
  ).toEqual([
    [
      ErrorCode.MESSAGE_TOO_LARGE,
      -1,
      `t-0: received a batch of ${large.length} bytes, expected at most 100 (max.message.bytes)`,
    ],
    [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, null],
    [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, null],
    [ErrorCode.INVALID_TIMESTAMP, -1, expect.stringContaining('2100-01-01T00:00:00.000Z to 2100-01-01')],
    [ErrorCode.INVALID_TIMESTAMP, -1, expect.stringContaining('a time after the year 275760')],
    [ErrorCode.NONE, 0, null],
  ]);
  expect([endOf(broker), endOf(broker, 1)]).toEqual([0, 1]);
});

test.each([2, -2, 32_767])('a request with acks %i stores nothing', async (acks) => {
  const broker = await withTopic();
  expect(await send(broker, [{ topic: 't' }], acks)).toEqual([[ErrorCode.INVALID_REQUIRED_ACKS, -1, null]]);
  expect(endOf(broker)).toBe(0);
});

test('with acks 0 a stored batch has no answer, and one that is refused ends the connection', async () => {
  const broker = await withTopic();
  expect(await send(broker, [{ topic: 't' }], 0)).toBeNull();
  expect(endOf(broker)).toBe(1);
  await expect(send(broker, [{ topic: 't' }, { topic: 'nowhere' }], 0)).rejects.toThrow('has no response');
  expect(endOf(broker)).toBe(2);
});

test('an id that no topic has is an unknown id, and records that are null are no batch', async () => {
  const broker = await withTopic();
  const errorOf = async (id: string, records: Buffer | null) => {
    const answer = await broker.ask(0, 13, (w) => {
      w.string(null).int16(-1).int32(1000);
      w.structs([id], (t) =>
        w.uuid(t).structs([0], (p) => (records === null ? w.int32(p).int8(0) : w.int32(p).bytes(records))),
      );
    });
    return answer.structs(() => {
      expect(answer.uuid()).toBe(id);
      return answer.structs(() => {
        answer.int32();
        const error = answer.int16();
        for (const _ of [0, 1, 2]) answer.int64();
        answer.structs(() => {});
        answer.nullableString();
        return error;
      });
    });
  };
  expect(await errorOf('dQmuWtNpU25_oxfrjNSDTQ', batch())).toEqual([[ErrorCode.UNKNOWN_TOPIC_ID]]);
  const id = broker.context.topics.get('t')?.id ?? '';
  expect(await errorOf(id, null)).toEqual([[ErrorCode.CORRUPT_MESSAGE]]);
  expect(await errorOf(id, batch())).toEqual([[ErrorCode.NONE]]);
});

test('a batch outside of the transaction that its producer has open in the partition is refused', async () => {
  const broker = await withTopic();
  const log = broker.context.topics.partition('t', 0);
  const { producerId, epoch } = broker.context.transactions.init('id', 60_000, null);
  broker.context.transactions.addPartitions('id', { producerId, epoch }, ['t-0']);
  const own = { producerId, epoch, sequence: 0, attributes: 1 << 4 };
  expect((await produce(broker, 't', batch(own), 0, 'id')).error).toBe(ErrorCode.NONE);
  expect(log?.openSince(producerId)).toBe(0);
  const plain = batch({ producerId, epoch, sequence: 1 });
  expect((await produce(broker, 't', plain, 0, 'id')).error).toBe(ErrorCode.INVALID_TXN_STATE);
  const elsewhere = (version: number) => produce(broker, 't', batch(own), 1, 'id', version);
  expect((await elsewhere(10)).error).toBe(ErrorCode.INVALID_TXN_STATE);
  expect((await elsewhere(11)).error).toBe(ErrorCode.TRANSACTION_ABORTABLE);
});

test('once an fsync has failed nothing is acknowledged, not even a repetition of what was stored before', async () => {
  const broker = await withTopic({ fsyncMs: 0 });
  const first = batch({ producerId: 7, epoch: 0, sequence: 0 });
  expect((await produce(broker, 't', Buffer.from(first))).error).toBe(ErrorCode.NONE);
  let failed: Promise<unknown> | undefined;
  failing(['fdatasyncSync'], () => {
    failed = send(broker, [{ topic: 't' }]);
  });
  expect(await failed).toEqual([[ErrorCode.KAFKA_STORAGE_ERROR, -1, null]]);
  expect((await produce(broker, 't', first)).error).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
  expect((await produce(broker, 't', batch(), 1)).error).toBe(ErrorCode.NONE);
});
