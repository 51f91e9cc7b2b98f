import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { createTopic } from '../requests.ts';

type Cursor = readonly [topic: string, partition: number];

/** The error, the name and the partitions of each topic, and where the next page begins. */
async function page(broker: Asking, topics: readonly string[], limit: number, cursor: Cursor | null = null) {
  const answer = await broker.ask(75, 0, (w) => {
    w.structs(topics, (topic) => w.string(topic)).int32(limit);
    if (cursor === null) w.int8(-1);
    else w.int8(1).string(cursor[0]).int32(cursor[1]).tags();
  });
  return whole(answer, (a) => {
    a.int32();
    const told = a.structs(() => {
      const [error, name] = [a.int16(), a.string()];
      expect([a.uuid().length, a.boolean()]).toEqual([22, false]);
      const partitions = a.structs(() => {
        expect(a.int16()).toBe(ErrorCode.NONE);
        const partition = a.int32();
        expect([a.int32(), a.int32()]).toEqual([0, 0]);
        expect([0, 1, 2, 3, 4].map(() => a.array(() => a.int32()))).toEqual([[0], [0], [], [], []]);
        return partition;
      });
      a.int32();
      return [error, name, partitions];
    });
    if (a.int8() !== 1) return { told, next: null };
    const next = [a.string(), a.int32()];
    a.tags();
    return { told, next };
  });
}
async function withTopics() {
  const broker = offlineBroker();
  for (const name of ['c', 'a', 'b']) await createTopic(broker, name, { partitions: 2 });
  return broker;
}
const OK = ErrorCode.NONE;

test('pages follow each other in the order of names, however small they are', async () => {
  const broker = await withTopics();
  for (const limit of [1, 2, 3, 4, 5, 6, 7]) {
    const seen: string[] = [];
    let cursor: Cursor | null = null;
    do {
      const { told, next } = await page(broker, [], limit, cursor);
      for (const [, name, partitions] of told)
        for (const partition of partitions as number[]) seen.push(`${name}-${partition}`);
      cursor = next as Cursor | null;
    } while (cursor !== null && seen.length < 20);
    expect([limit, seen]).toEqual([limit, ['a-0', 'a-1', 'b-0', 'b-1', 'c-0', 'c-1']]);
  }
});

test.each([0, -1, -(2 ** 31)])('a page of %i partitions has one', async (limit) => {
  expect(await page(await withTopics(), [], limit)).toEqual({ told: [[OK, 'a', [0]]], next: ['a', 1] });
});

test('topics that are named are told once, in order, those that there are not with an error', async () => {
  expect(await page(await withTopics(), ['c', 'x', 'a', 'c', 'a/b'], 2 ** 31 - 1)).toEqual({
    told: [
      [OK, 'a', [0, 1]],
      [ErrorCode.INVALID_TOPIC_EXCEPTION, 'a/b', []],
      [OK, 'c', [0, 1]],
      [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'x', []],
    ],
    next: null,
  });
});

test('a cursor behind the partitions of its topic, or at one that is gone, goes on with the next', async () => {
  const broker = await withTopics();
  expect(await page(broker, [], 2, ['a', 7])).toEqual({
    told: [
      [OK, 'a', []],
      [OK, 'b', [0, 1]],
    ],
    next: ['c', 0],
  });
  expect(await page(broker, [], 9, ['bb', 1])).toEqual({ told: [[OK, 'c', [0, 1]]], next: null });
});

test('a cursor before partition 0 is refused for each topic', async () => {
  expect(await page(await withTopics(), ['a', 'b'], 9, ['a', -1])).toEqual({
    told: [
      [ErrorCode.INVALID_REQUEST, 'a', []],
      [ErrorCode.INVALID_REQUEST, 'b', []],
    ],
    next: null,
  });
});
