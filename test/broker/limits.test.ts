// No client can starve the others: partitions, groups and the contents of a request are limited.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../src/broker/wire/error-codes.ts';
import { joinGroup } from './group-requests.ts';
import { offlineBroker } from './offline-broker.ts';
import { createTopic } from './requests.ts';

test('partitions are limited, and what is over the limit is refused by name', async () => {
  const client = offlineBroker({ maxPartitions: 5 });
  expect(await createTopic(client, 'small', { partitions: 3 })).toBe(ErrorCode.NONE);
  expect(await createTopic(client, 'large', { partitions: 3 })).toBe(ErrorCode.POLICY_VIOLATION);
});

test('groups are limited, and those that are left empty make room', async () => {
  const client = offlineBroker({ maxGroups: 2 });
  const errorOf = async (group: string) => (await joinGroup(client, group, { sessionTimeout: 300 })).error;
  expect(await errorOf('first')).toBe(ErrorCode.MEMBER_ID_REQUIRED);
  expect(await errorOf('second')).toBe(ErrorCode.MEMBER_ID_REQUIRED);
  expect(await errorOf('third')).toBe(ErrorCode.GROUP_MAX_SIZE_REACHED);
  await expect.poll(() => errorOf('third')).toBe(ErrorCode.MEMBER_ID_REQUIRED); // the ids were not used in time
});

test('what a request names ten thousand times it is told once', async () => {
  const client = offlineBroker();
  await createTopic(client, 'topic');
  const many = Array.from({ length: 10_000 }, () => 'topic');
  const configs = await client.ask(32, 1, (w) =>
    w
      .structs(many, (name) =>
        w
          .int8(2)
          .string(name)
          .array(null, () => {}),
      )
      .boolean(true),
  );
  configs.int32();
  expect(configs.int32()).toBe(1); // the count of resources
  const producers = await client.ask(61, 0, (w) =>
    w.structs(['topic', 'topic'], (name) =>
      w.string(name).array(
        many.map(() => 0),
        (p) => w.int32(p),
      ),
    ),
  );
  producers.int32();
  const partitions = producers.structs(() => {
    producers.string();
    return producers.structs(() => {
      const partition = producers.int32();
      producers.int16();
      producers.nullableString();
      producers.structs(() => {});
      return partition;
    });
  });
  expect(partitions).toEqual([[0]]);
  const groups = await client.ask(15, 0, (w) => w.array(many, (name) => w.string(name)));
  expect(groups.int32()).toBe(1);
});
