import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

async function reassign(replicas: readonly number[] | null) {
  const broker = offlineBroker();
  await createTopic(broker, 't');
  const answer = await broker.ask(45, 0, (w) =>
    w
      .int32(10_000)
      .structs(['t'], (topic) =>
        w.string(topic).structs([0], (p) => w.int32(p).array(replicas, (node) => w.int32(node))),
      ),
  );
  return whole(answer, (a) => {
    expect([a.int32(), a.int16(), a.nullableString()]).toEqual([0, ErrorCode.NONE, null]);
    return a.structs(() => {
      a.string();
      return a.structs(() => [a.int32(), a.int16(), a.nullableString()]);
    });
  }).flat();
}

test.each<[readonly number[], string]>([
  [[], 'received the nodes none, expected 0 alone: there is one node'],
  [[0, 0], 'received the nodes 0, 0, expected 0 alone: there is one node'],
  [
    Array(50_000).fill(9),
    `received the nodes ${Array(10).fill(9).join(', ')}, expected 0 alone: there is one node`,
  ],
])(
  'an assignment to other nodes is refused, and named with ten of them at most',
  async (replicas, message) => {
    expect(await reassign(replicas)).toEqual([[0, ErrorCode.INVALID_REPLICA_ASSIGNMENT, message]]);
  },
);

test('the assignment that a partition has is accepted, and none is under way that could be cancelled', async () => {
  expect(await reassign([0])).toEqual([[0, ErrorCode.NONE, null]]);
  expect(await reassign(null)).toEqual([[0, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null]]);
});
