import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, createTopic, produce } from '../requests.ts';
import { testBroker } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';

test('the one epoch ends where the log ends, and any other is unknown', async () => {
  const client = await wireClient((await testBroker()).port);
  await createTopic(client, 'a');
  await produce(client, 'a', batch({ values: ['a', 'b'] }));
  const endOf = async (version: number, current: number, epoch: number, partition = 0) => {
    const answer = await client.ask(23, version, (w) => {
      if (version >= 3) w.int32(-1);
      w.structs(['a'], (name) =>
        w.string(name).structs([partition], (p) => w.int32(p).int32(current).int32(epoch)),
      );
    });
    answer.int32();
    const [first] = answer.structs(() => {
      answer.string();
      return answer.structs(() => [answer.int16(), answer.int32(), answer.int32(), answer.int64()]);
    });
    return first?.[0];
  };
  const { NONE, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
  for (const version of [2, 3, 4]) expect(await endOf(version, -1, 0)).toEqual([NONE, 0, 0, 2]);
  expect(await endOf(4, 0, 1)).toEqual([NONE, 0, -1, -1]);
  expect(await endOf(4, 1, 0)).toEqual([UNKNOWN_LEADER_EPOCH, 0, -1, -1]);
  expect(await endOf(4, -1, 0, 7)).toEqual([UNKNOWN_TOPIC_OR_PARTITION, 7, -1, -1]);
});
