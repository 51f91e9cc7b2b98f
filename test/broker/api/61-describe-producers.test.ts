import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';

test('a partition tells its producers, each with its last sequence and where its open transaction began', async () => {
  const broker = offlineBroker();
  await createTopic(broker, 't', { partitions: 2 });
  const { producerId, epoch } = broker.context.transactions.init('id', 60_000, null);
  broker.context.transactions.addPartitions('id', { producerId, epoch }, ['t-0']);
  const values = ['a', 'b', 'c'];
  await produce(broker, 't', batch({ values, producerId: 70, epoch: 3, sequence: 0 }));
  await produce(broker, 't', batch({ values, producerId, epoch, sequence: 0, attributes: 1 << 4 }), 0, 'id');
  const answer = await broker.ask(61, 0, (w) =>
    w.structs(['t', 'nowhere'], (topic) => w.string(topic).array([0, 1, 7], (p) => w.int32(p))),
  );
  const told = whole(answer, (a) => {
    a.int32();
    return a.structs(() => {
      const topic = a.string();
      const partitions = a.structs(() => {
        const [partition, error, message] = [a.int32(), a.int16(), a.nullableString()];
        const producers = a.structs(() => {
          const [id, of, sequence, at] = [a.int64(), a.int32(), a.int32(), a.int64()];
          expect([at > 0, a.int32(), message]).toEqual([true, 0, null]);
          return [id, of, sequence, a.int64()];
        });
        return [partition, error, producers];
      });
      return [topic, partitions];
    });
  });
  const unknown = [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, []];
  expect(told).toEqual([
    [
      't',
      [
        [
          0,
          ErrorCode.NONE,
          [
            [70, 3, 2, -1],
            [producerId, epoch, 2, 3],
          ],
        ],
        [1, ErrorCode.NONE, []],
        [7, ...unknown],
      ],
    ],
    [
      'nowhere',
      [
        [0, ...unknown],
        [1, ...unknown],
        [7, ...unknown],
      ],
    ],
  ]);
});
