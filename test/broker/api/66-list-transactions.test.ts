import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';
import { createTopic } from '../requests.ts';

type Filter = {
  readonly version?: number;
  readonly states?: readonly string[];
  readonly producers?: readonly number[];
  readonly durationMs?: number;
  readonly pattern?: string | null;
};

/** A broker with an open transactional id and two that are not, and what it lists of them. */
async function listing() {
  const broker = offlineBroker();
  await createTopic(broker, 't');
  const { transactions } = broker.context;
  const ids = ['open-1', 'idle-1', 'idle-2'].map((id) => transactions.init(id, 60_000, null));
  const [open] = ids;
  if (open === undefined) throw new Error('there is no producer');
  transactions.addPartitions('open-1', open, ['t-0']);
  const list = async (filter: Filter = {}) => {
    const { version = 2, states = [], producers = [], durationMs = -1, pattern = null } = filter;
    const answer = await broker.ask(66, version, (w) => {
      w.array(states, (state) => w.string(state)).array(producers, (id) => w.int64(id));
      if (version >= 1) w.int64(durationMs);
      if (version >= 2) w.string(pattern);
    });
    return whole(answer, (a) => {
      a.int32();
      const [error, unknown] = [a.int16(), a.array(() => a.string())];
      const found = a.structs(() => {
        const [id] = [a.string(), a.int64(), a.string()];
        return id;
      });
      return { error, unknown, found };
    });
  };
  return { list, producers: ids.map(({ producerId }) => producerId) };
}
const ALL = ['open-1', 'idle-1', 'idle-2'];

test.each([0, 1, 2])('version %i lists all where nothing is asked for', async (version) => {
  const { list } = await listing();
  const { error, unknown, found } = await list({ version });
  expect([error, unknown, found.sort()]).toEqual([ErrorCode.NONE, [], [...ALL].sort()]);
});

test('ids are chosen by states, producers and patterns, all of which they have to fit', async () => {
  const { list, producers } = await listing();
  expect((await list({ states: ['Ongoing'] })).found).toEqual(['open-1']);
  expect((await list({ states: ['Empty'], pattern: '.*-1' })).found).toEqual(['idle-1']);
  expect((await list({ producers: producers.slice(1), pattern: 'idle' })).found).toEqual([]);
  expect((await list({ producers: [producers[2] ?? 0] })).found).toEqual(['idle-2']);
  expect((await list({ pattern: '' })).found).toHaveLength(3);
});

test('states that there are not are told, and chosen by', async () => {
  const { list } = await listing();
  expect(await list({ states: ['Dead', 'Ongoing', 'Dead', 'ongoing'] })).toEqual({
    error: ErrorCode.NONE,
    unknown: ['Dead', 'ongoing'],
    found: ['open-1'],
  });
});

test('by how long they are open only open ones are chosen', async () => {
  const { list } = await listing();
  await expect.poll(async () => (await list({ durationMs: 0 })).found).toEqual(['open-1']);
  expect((await list({ durationMs: 2 ** 40 })).found).toEqual([]);
  expect((await list({ durationMs: -5 })).found).toHaveLength(3);
});

test('a pattern that is none is an error, and lists nothing', async () => {
  const { list } = await listing();
  expect(await list({ pattern: '(' })).toEqual({
    error: ErrorCode.INVALID_REGULAR_EXPRESSION,
    unknown: [],
    found: [],
  });
});
