import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';

const METADATA = '__cluster_metadata';
const NO_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAA';

async function quorum(version: number, topic = METADATA, partition = 0) {
  const broker = offlineBroker();
  broker.context.journal.set([[['a'], 'change']]);
  const answer = await broker.ask(55, version, (w) =>
    w.structs([topic], (name) => w.string(name).structs([partition], (p) => w.int32(p))),
  );
  const told = whole(answer, (a) => {
    expect(a.int16()).toBe(ErrorCode.NONE);
    if (version >= 2) expect(a.nullableString()).toBeNull();
    const replicas = () =>
      a.structs(() => {
        const node = a.int32();
        const directory = version >= 2 ? a.uuid() : NO_DIRECTORY;
        const end = a.int64();
        if (version >= 1) expect([a.int64() > 0, a.int64() > 0]).toEqual([true, true]);
        return [node, directory, end];
      });
    const topics = a.structs(() => {
      a.string();
      return a.structs(() => {
        const [index, error] = [a.int32(), a.int16()];
        const message = version >= 2 ? a.nullableString() : null;
        const place = [a.int32(), a.int32(), a.int64()];
        return { index, error, message, place, voters: replicas(), observers: replicas() };
      });
    });
    const nodes =
      version < 2 ? [] : a.structs(() => [a.int32(), a.structs(() => [a.string(), a.string(), a.int16()])]);
    return { partition: topics[0]?.[0], nodes };
  });
  return { ...told, bytes: broker.context.journal.bytes };
}

test.each([0, 1, 2])(
  'version %i tells the bytes of the journal as the end of the one voter',
  async (version) => {
    const { partition, nodes, bytes } = await quorum(version);
    expect(partition).toEqual({
      index: 0,
      error: ErrorCode.NONE,
      message: null,
      place: [0, 0, bytes],
      voters: [[0, NO_DIRECTORY, bytes]],
      observers: [],
    });
    // A port is an unsigned number, which this protocol has here alone.
    expect(nodes).toEqual(version < 2 ? [] : [[0, [['PLAINTEXT', '127.0.0.1', 40_000 - 65_536]]]]);
  },
);

test.each([
  ['another', 0],
  [METADATA, 1],
  [METADATA, -1],
])('%s-%i has no quorum', async (topic, index) => {
  const { partition } = await quorum(2, topic, index);
  const message = 'expected partition 0 of __cluster_metadata';
  const nothing = { place: [-1, -1, -1], voters: [], observers: [] };
  expect(partition).toEqual({ index, error: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message, ...nothing });
});
