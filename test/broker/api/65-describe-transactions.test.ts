import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

test('a transactional id is told once with its partitions by topic, also of names with dashes; one that there is not is not found', async () => {
  const broker = offlineBroker();
  for (const topic of ['a', 'a-1']) await createTopic(broker, topic, { partitions: 2 });
  const { transactions } = broker.context;
  const { producerId, epoch } = transactions.init('open', 5_000, null);
  transactions.addPartitions('open', { producerId, epoch }, ['a-1', 'a-1-0', 'a-0']);
  const idle = transactions.init('idle', 6_000, null);
  const answer = await broker.ask(65, 0, (w) =>
    w.array(['open', 'nobody', 'idle', 'open'], (id) => w.string(id)),
  );
  const told = whole(answer, (a) => {
    a.int32();
    return a.structs(() => {
      const head = [a.int16(), a.string(), a.string(), a.int32(), a.int64() >= 0, a.int64(), a.int16()];
      return [...head, a.structs(() => [a.string(), a.array(() => a.int32())])];
    });
  });
  expect(told).toEqual([
    [
      ErrorCode.NONE,
      'open',
      'Ongoing',
      5_000,
      true,
      producerId,
      epoch,
      [
        ['a', [1, 0]],
        ['a-1', [0]],
      ],
    ],
    [ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, 'nobody', '', -1, false, -1, -1, []],
    [ErrorCode.NONE, 'idle', 'Empty', 6_000, false, idle.producerId, 0, []],
  ]);
});
