import { beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import {
  countDeadLetters,
  findDeadLetter,
  findPayload,
  listDeadLetters,
  settleDeadLetter,
} from '../../src/dead-letters/queries.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
/** In the order in which they were set aside. */
let ids: number[];

beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, key, payload)
     VALUES ('c', 'shop', 0, 0, 'not_json', 'a', 'key', 'x{'), ('c', 'shop', 1, 1, 'empty', 'b', NULL, NULL),
       ('c', 'other', 0, 2, 'not_json', 'c', NULL, ''), ('c', 'shop', 0, 9007199254740991, 'not_json', 'd', NULL, 'züri')
     RETURNING id`,
  );
  ids = rows.map(({ id }) => id);
  await pool.query(`UPDATE dead_letters SET state = 'discarded', settled_at = now() WHERE id = $1`, [ids[2]]);
});

const listed = async (...given: [Parameters<typeof listDeadLetters>[1], number?, number?]) => {
  const [filter, limit = 10, before] = given;
  const rows = await listDeadLetters(pool, filter, { limit, before, mostBytes: 100 });
  return rows.map(({ id }) => ids.indexOf(id));
};

it('dead letters are listed from the newest on, a page at a time', async () => {
  expect(await listed({})).toEqual([3, 2, 1, 0]);
  expect(await listed({}, 2)).toEqual([3, 2]);
  expect(await listed({}, 2, ids[2])).toEqual([1, 0]);
  expect(await listed({}, 2, ids[0])).toEqual([]);
});

it.each([
  [{ state: 'open' }, [3, 1, 0]],
  [{ state: 'discarded' }, [2]],
  [{ code: 'empty' }, [1]],
  [{ topic: 'other' }, [2]],
  [{ partition: 0 }, [3, 2, 0]],
  [{ partition: 0, topic: 'shop', state: 'open', code: 'not_json' }, [3, 0]],
  [{ topic: "shop' OR true --" }, []],
] as const)('dead letters are those that are asked for: %j', async (filter, expected) => {
  expect(await listed(filter)).toEqual(expected);
  const counts = await countDeadLetters(pool, filter);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(expected.length);
});

it('dead letters are counted by code, those that there are', async () => {
  expect(await countDeadLetters(pool, { state: 'open' })).toEqual({ empty: 1, not_json: 2 });
  expect(await countDeadLetters(pool, { partition: 7 })).toEqual({});
});

it('a dead letter has its place and its bytes, or the first of them with how many there are', async () => {
  const [first = 0, second = 0, , last = 0] = ids;
  expect(await findDeadLetter(pool, first)).toEqual({
    ...{ id: first, state: 'open', code: 'not_json', reason: 'a', topic: 'shop', partition: 0, offset: '0' },
    key: { encoding: 'utf8', value: 'key', bytes: 3, cut: false },
    payload: { encoding: 'utf8', value: 'x{', bytes: 2, cut: false },
    ...{ rejected_at: expect.stringMatching(/Z$/), settled_at: null, resent_as: null },
  });
  expect(await findDeadLetter(pool, second)).toMatchObject({ key: null, payload: null });
  expect(await findDeadLetter(pool, last, 2)).toMatchObject({
    offset: '9007199254740991',
    payload: { encoding: 'utf8', value: 'z', bytes: 5, cut: true },
  });
  expect(await findDeadLetter(pool, 999_999)).toBeUndefined();
});

it('a payload that is null is no bytes, and one of no dead letter is none', async () => {
  const [first = 0, second = 0, third = 0] = ids;
  expect((await findPayload(pool, first))?.toString()).toBe('x{');
  expect(await findPayload(pool, second)).toEqual(Buffer.alloc(0));
  expect(await findPayload(pool, third)).toEqual(Buffer.alloc(0));
  expect(await findPayload(pool, 999_999)).toBeUndefined();
});

it('a dead letter is settled once', async () => {
  const [first = 0, second = 0] = ids;
  const as = 'ab'.repeat(16);
  const settled = await Promise.all([
    settleDeadLetter(pool, first, { state: 'resent', as }),
    settleDeadLetter(pool, first, { state: 'discarded' }),
  ]);
  const [one, ...others] = settled.filter((letter) => letter !== undefined);
  expect(others).toEqual([]);
  expect(await findDeadLetter(pool, first)).toEqual(one);
  expect(one?.resent_as).toBe(one?.state === 'resent' ? as : null);
  expect(one?.settled_at).toMatch(/Z$/);
  expect(await settleDeadLetter(pool, second, { state: 'resent', as })).toMatchObject({
    state: 'resent',
    resent_as: as,
  });
  expect(await settleDeadLetter(pool, 999_999, { state: 'discarded' })).toBeUndefined();
});
