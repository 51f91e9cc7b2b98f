import { expect, test, vi } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';

/** The low watermark and the error of each partition. */
async function deleteBefore(
  broker: Asking,
  topic: string,
  asked: readonly (readonly [partition: number, offset: number])[],
) {
  const answer = await broker.ask(21, 2, (w) =>
    w
      .structs([topic], (name) =>
        w.string(name).structs(asked, ([partition, offset]) => w.int32(partition).int64(offset)),
      )
      .int32(10_000),
  );
  return whole(answer, (a) => {
    a.int32();
    return a.structs(() => {
      a.string();
      return a.structs(() => [a.int32(), a.int64(), a.int16()]);
    });
  }).flat();
}
async function filled(configs: readonly (readonly [string, string])[] = []) {
  const broker = offlineBroker();
  await createTopic(broker, 't', { partitions: 2, configs });
  await produce(broker, 't', batch({ values: ['a', 'b', 'c'], keys: ['a', 'b', 'c'] }));
  return broker;
}

test('a partition starts at the offset, and never before where it has started', async () => {
  const broker = await filled();
  expect(await deleteBefore(broker, 't', [[0, 2]])).toEqual([[0, 2, ErrorCode.NONE]]);
  expect(await deleteBefore(broker, 't', [[0, 0]])).toEqual([[0, 2, ErrorCode.NONE]]);
  expect(await deleteBefore(broker, 't', [[0, -1]])).toEqual([[0, 3, ErrorCode.NONE]]);
});

test('an offset outside of the log, and a partition that there is not, are refused, and the others are not', async () => {
  const broker = await filled();
  expect(
    await deleteBefore(broker, 't', [
      [0, 4],
      [0, -2],
      [0, 2 ** 53],
      [2, 0],
      [1, 0],
    ]),
  ).toEqual([
    [0, -1, ErrorCode.OFFSET_OUT_OF_RANGE],
    [0, -1, ErrorCode.OFFSET_OUT_OF_RANGE],
    [0, -1, ErrorCode.OFFSET_OUT_OF_RANGE],
    [2, -1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [1, 0, ErrorCode.NONE],
  ]);
  expect(broker.context.topics.partition('t', 0)?.startOffset).toBe(0);
});

test.each([
  ['compact', ErrorCode.POLICY_VIOLATION],
  ['compact,delete', ErrorCode.NONE],
])('of a topic with the policy %s that is error %i', async (policy, error) => {
  const broker = await filled([['cleanup.policy', policy]]);
  expect(await deleteBefore(broker, 't', [[0, 1]])).toEqual([[0, error === 0 ? 1 : -1, error]]);
});

test('where it can not be stored nothing is deleted', async () => {
  const broker = await filled();
  vi.spyOn(broker.context.journal, 'set').mockImplementation(() => {
    throw new Error('ENOSPC');
  });
  expect(await deleteBefore(broker, 't', [[0, 2]])).toEqual([[0, -1, ErrorCode.KAFKA_STORAGE_ERROR]]);
  expect(broker.context.topics.partition('t', 0)?.startOffset).toBe(0);
});
