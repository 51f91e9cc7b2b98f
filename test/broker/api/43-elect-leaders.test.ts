import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

/** The error of the whole from v1 on, and the error and the message of each partition. */
async function elect(version: number, type: number) {
  const broker = offlineBroker();
  await createTopic(broker, 't');
  const answer = await broker.ask(43, version, (w) => {
    if (version >= 1) w.int8(type);
    w.structs(['t'], (topic) => w.string(topic).array([0, -1], (p) => w.int32(p))).int32(10_000);
  });
  return whole(answer, (a) => {
    a.int32();
    const error = version >= 1 ? a.int16() : null;
    const partitions = a.structs(() => {
      a.string();
      return a.structs(() => [a.int32(), a.int16(), a.nullableString()]);
    });
    return { error, partitions: partitions.flat() };
  });
}
const TOLD = [
  [0, ErrorCode.ELECTION_NOT_NEEDED, 'node 0 leads it already'],
  [-1, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such partition'],
];

test.each([0, 1, 2])('version %i tells of each partition why it has no election', async (version) => {
  expect(await elect(version, 1)).toEqual({ error: version >= 1 ? ErrorCode.NONE : null, partitions: TOLD });
});

test.each([2, -1])('an election of type %i is none', async (type) => {
  expect(await elect(2, type)).toEqual({ error: ErrorCode.INVALID_REQUEST, partitions: [] });
});
