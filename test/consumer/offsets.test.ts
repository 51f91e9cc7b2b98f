import { beforeAll, expect, it } from 'vitest';
import {
  FencedError,
  inOffsetTransaction,
  Moving,
  moveOffset,
  movingSql,
  passOver,
  readOffset,
  readOffsets,
  type Subscription,
} from '../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
  await pool.query('CREATE TABLE written (n int)');
});

const move = (to: Subscription, partition: number, expected: bigint | undefined, next: bigint) =>
  transaction(pool, (client) => moveOffset(client, to, partition, expected, next));
const group = (name: string) => ({ clusterId: 'c', group: name, topic: 't' });
const written = async () => (await pool.query('SELECT n FROM written ORDER BY n')).rows.map(({ n }) => n);

it('an offset is read as it was moved, beyond 2^53 too, for each group and partition alone', async () => {
  const far = 2n ** 63n - 1n;
  await move(group('a'), 0, undefined, 5n);
  await move(group('a'), 1, undefined, 2n ** 53n + 1n);
  await move(group('a'), 1, 2n ** 53n + 1n, far);
  expect(await readOffset(pool, group('a'), 1)).toBe(far);
  expect(await readOffset(pool, group('a'), 2)).toBeUndefined();
  expect(await readOffsets(pool, group('a'))).toEqual(
    new Map([
      [0, 5n],
      [1, far],
    ]),
  );
  expect((await readOffsets(pool, { ...group('a'), topic: 'u' })).size).toBe(0);
});

it('an offset is moved only from where it was read', async () => {
  await move(group('b'), 0, undefined, 5n);
  for (const expected of [undefined, 4n, 6n])
    await expect(move(group('b'), 0, expected, 9n)).rejects.toThrow(FencedError);
  await expect(move(group('b'), 7, 5n, 9n)).rejects.toThrow('away from 5');
  expect(await readOffset(pool, group('b'), 0)).toBe(5n);
});

it('what is written with an offset is written with it or not at all', async () => {
  const write = (n: number, fails = false) =>
    inOffsetTransaction(
      pool,
      group('d'),
      0,
      { expected: n === 1 ? undefined : BigInt(n - 1), next: BigInt(n) },
      async (client) => {
        await client.query('INSERT INTO written VALUES ($1)', [n]);
        if (fails) throw new Error('not after all');
      },
    );
  await write(1);
  await expect(write(2, true)).rejects.toThrow('not after all');
  expect([await readOffset(pool, group('d'), 0), await written()]).toEqual([1n, [1]]);
  await expect(write(1)).rejects.toThrow(FencedError);
  await write(2);
  expect([await readOffset(pool, group('d'), 0), await written()]).toEqual([2n, [1, 2]]);
});

it('of two consumers that have read the same offset one moves it', async () => {
  await move(group('e'), 0, undefined, 5n);
  const moveTo = (next: bigint) =>
    inOffsetTransaction(pool, group('e'), 0, { expected: 5n, next }, async () => next);
  const results = await Promise.allSettled([moveTo(6n), moveTo(7n)]);
  const [moved, ...others] = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(others).toEqual([]);
  expect(await readOffset(pool, group('e'), 0)).toBe(moved);
});

it('records that change nothing are passed over, from where the offset was read too', async () => {
  await passOver(pool, group('f'), 0, { expected: undefined, next: 5n });
  await passOver(pool, group('f'), 0, { expected: 5n, next: 9n });
  await expect(passOver(pool, group('f'), 0, { expected: 5n, next: 12n })).rejects.toThrow(FencedError);
  expect(await readOffset(pool, group('f'), 0)).toBe(9n);
});

it('a statement that moves an offset and does more does all of it, or nothing, from the first on', async () => {
  const statements = movingSql(
    'move_and_write',
    (move) => `WITH moved AS (${move}), more AS (INSERT INTO written SELECT $9::int FROM moved)
      SELECT count(*) AS moved FROM moved`,
  );
  const before = await written();
  const write = async (n: number, expected: bigint | undefined, next: bigint) => {
    const moving = new Moving(group('g'), 0, { expected, next }, false);
    const { rows } = await pool.query({ ...statements[moving.kind], values: [...moving.values, n] });
    moving.check(rows[0].moved);
  };
  await write(101, undefined, 1n);
  await write(102, 1n, 2n);
  for (const expected of [undefined, 1n, 3n])
    await expect(write(103, expected, 9n)).rejects.toThrow(FencedError);
  expect(await readOffset(pool, group('g'), 0)).toBe(2n);
  expect(await written()).toEqual([...before, 101, 102]);
});
