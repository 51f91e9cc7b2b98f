import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

const [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32];

async function list(types: readonly number[], version = 1) {
  const broker = offlineBroker();
  for (const topic of ['a', 'b']) await createTopic(broker, topic);
  const answer = await broker.ask(74, version, (w) => {
    if (version >= 1) w.array(types, (type) => w.int8(type));
  });
  return whole(answer, (a) => {
    a.int32();
    return [a.int16(), a.structs(() => [a.string(), version >= 1 ? a.int8() : null])];
  });
}
const TOPICS = [
  ['a', TOPIC],
  ['b', TOPIC],
];

test('what has settings of its own is listed by its type, all of it where none is named', async () => {
  const all = [...TOPICS, ['0', BROKER], ['0', BROKER_LOGGER]];
  expect(await list([])).toEqual([ErrorCode.NONE, all]);
  expect(await list([TOPIC, TOPIC])).toEqual([ErrorCode.NONE, TOPICS]);
  expect(await list([GROUP, CLIENT_METRICS])).toEqual([ErrorCode.NONE, []]);
});

test('version 0 asks for subscriptions to client metrics alone, of which there are none', async () => {
  expect(await list([], 0)).toEqual([ErrorCode.NONE, []]);
});

test.each([1, 3, 64, -1])('type %i is not known, and nothing is listed beside it', async (type) => {
  expect(await list([TOPIC, type])).toEqual([ErrorCode.UNSUPPORTED_VERSION, []]);
});
