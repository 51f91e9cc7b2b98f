import { expect, test, vi } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { type Asking, whole } from '../request.ts';
import { batch, createTopic, produce } from '../requests.ts';

type Asked = readonly (readonly [topic: string, partitions: readonly number[]])[];

/** The one folder: its name, its topics with the bytes of each partition, and the disk from v4 on. */
async function describe(broker: Asking, asked: Asked | null, version = 3) {
  const answer = await broker.ask(35, version, (w) =>
    w.structs(asked, ([topic, partitions]) => w.string(topic).array(partitions, (p) => w.int32(p))),
  );
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    if (version >= 3) expect(a.int16()).toBe(ErrorCode.NONE);
    const [folder] = a.structs(() => {
      expect(a.int16()).toBe(ErrorCode.NONE);
      const name = a.string();
      const topics = a.structs(() => {
        const topic = a.string();
        const partitions = a.structs(() => {
          const [partition, bytes] = [a.int32(), a.int64()];
          expect([a.int64(), a.boolean()]).toEqual([0, false]);
          return [partition, bytes];
        });
        return [topic, partitions];
      });
      return { name, topics, disk: version >= 4 ? [a.int64(), a.int64()] : [] };
    });
    return folder;
  });
}
async function filled() {
  const broker = offlineBroker();
  await createTopic(broker, 'a', { partitions: 2 });
  await createTopic(broker, 'b');
  await produce(broker, 'a', batch(), 1);
  return broker;
}
const SIZE = batch().length;

test.each([1, 2, 3])(
  'all partitions are told where none is named, with their bytes, in version %i',
  async (version) => {
    const broker = await filled();
    expect(await describe(broker, null, version)).toEqual({
      name: broker.context.settings.dataDir,
      topics: [
        [
          'a',
          [
            [0, 0],
            [1, SIZE],
          ],
        ],
        ['b', [[0, 0]]],
      ],
      disk: [],
    });
  },
);

test('of those that are named, the ones that there are not are left out', async () => {
  const asked: Asked = [
    ['a', [7, 1, -1]],
    ['nowhere', [0]],
  ];
  expect((await describe(await filled(), asked))?.topics).toEqual([
    ['a', [[1, SIZE]]],
    ['nowhere', []],
  ]);
});

test('the bytes of a partition that is named a thousand times are summed up once', async () => {
  const broker = await filled();
  const log = broker.context.topics.partition('a', 1);
  if (log === undefined) throw new Error('there is no partition');
  const bytes = vi.spyOn(log, 'bytes', 'get');
  const told = await describe(broker, [['a', Array(1_000).fill(1)]]);
  expect(told?.topics).toEqual([['a', Array(1_000).fill([1, SIZE])]]);
  expect(bytes).toHaveBeenCalledTimes(1);
});

test('version 4 tells the bytes of the disk, and how many are left', async () => {
  const [total = 0, usable = 0] = (await describe(await filled(), [], 4))?.disk ?? [];
  expect(total).toBeGreaterThan(0);
  expect(usable).toBeLessThanOrEqual(total);
});
