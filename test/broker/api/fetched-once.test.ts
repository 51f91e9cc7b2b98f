import { expect, test } from 'vitest';
import { fetchedOnce } from '../../../src/broker/api/fetched-once.ts';

const named = (topic: string | undefined, id: string | null, ...partitions: [number, number][]) => ({
  reference: { topic, id },
  partitions: partitions.map(([partition, offset]) => ({ partition, offset })),
});
const many = (count: number) => Array.from({ length: count }, (_, n): [number, number] => [n, 0]);

test.each([
  ['no topic', []],
  ['few partitions', [named('t', null, [1, 5], [0, 5]), named('u', null, [1, 5])]],
  ['many partitions', [named('t', null, ...many(100))]],
  ['many topics', many(100).map(([n]) => named(`t${n}`, null, [0, 0]))],
  ['topics by ids, two of them unknown', [named(undefined, 'a', [0, 0]), named(undefined, 'b', [0, 0])]],
])('a request with %s, each named once, stays as it is', (_, topics) => {
  expect(fetchedOnce(topics)).toBe(topics);
});

test.each([
  [
    'a partition named twice is where it is first, with what is asked for last',
    [named('t', null, [1, 5], [0, 6], [1, 7])],
    [named('t', null, [1, 7], [0, 6])],
  ],
  [
    'a topic named twice is one',
    [named('t', null, [0, 1]), named('u', null, [0, 2]), named('t', null, [1, 3], [0, 4])],
    [named('t', null, [0, 4], [1, 3]), named('u', null, [0, 2])],
  ],
  [
    'one named twice among many is told, too',
    [named('t', null, ...many(100), [99, 8])],
    [named('t', null, ...many(99), [99, 8])],
  ],
  ['ids tell topics, too', [named('t', 'a', [0, 1]), named('t', 'a', [0, 2])], [named('t', 'a', [0, 2])]],
])('%s', (_, topics, once) => {
  expect(fetchedOnce(topics)).toEqual(once);
});
