import { beforeAll, beforeEach, expect, it } from 'vitest';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { countWaiting, markForwarded, takeUnforwarded } from '../../src/dead-letters/unforwarded.ts';
import { migratedDatabase } from '../support/database.ts';

const KIB = 1024;
const of = { clusterId: 'c', group: 'g', topic: 'shop' };

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
});
beforeEach(() => pool.query('TRUNCATE dead_letters'));

/** Sets messages aside, each with so many bytes of key and payload. */
async function setAside(
  sizes: readonly (readonly [key: number, payload: number])[],
  topic = 'shop',
  age = 0,
): Promise<void> {
  for (const [offset, [key, payload]] of sizes.entries())
    await pool.query(
      `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason, key, payload, rejected_at)
       VALUES ('c', $1, 0, $2, 'not_json', 'a test', $3, $4, now() - $5 * interval '1 second')`,
      [topic, offset, Buffer.alloc(key), Buffer.alloc(payload), age],
    );
}
const taken = () =>
  transaction(pool, async (client) =>
    (await takeUnforwarded(client, of)).map(({ offset }) => Number(offset)),
  );

it('dead letters are taken in their order, until they are marked as forwarded', async () => {
  await setAside([
    [0, 1],
    [1, 0],
    [0, 0],
  ]);
  await setAside([[0, 1]], 'another');
  expect(await taken()).toEqual([0, 1, 2]);
  await transaction(pool, async (client) => {
    const [first, second] = await takeUnforwarded(client, of);
    await markForwarded(
      client,
      [first, second].filter((one) => one !== undefined),
    );
  });
  expect(await taken()).toEqual([2]);
});

it.each([
  ['payloads', [0, 300 * KIB]],
  ['keys', [300 * KIB, 0]],
  ['keys and payloads together', [150 * KIB, 150 * KIB]],
] as const)('no more are taken at once than memory has room for, by their %s', async (_, size) => {
  await setAside([size, size, size]);
  expect(await taken()).toEqual([0]);
});

it('one that is larger than all that may be taken is taken alone', async () => {
  await setAside([
    [0, 600 * KIB],
    [0, 1],
  ]);
  expect(await taken()).toEqual([0]);
});

it('no more than 500 are taken at once', async () => {
  await pool.query(
    `INSERT INTO dead_letters (cluster_id, topic, "partition", "offset", code, reason)
     SELECT 'c', 'shop', 0, n, 'empty', 'a test' FROM generate_series(0, 500) AS n`,
  );
  expect((await taken()).length).toBe(500);
});

it('those wait that were set aside so long ago, and that the topic does not have', async () => {
  await setAside(
    [
      [0, 1],
      [0, 1],
    ],
    'shop',
    60,
  );
  await setAside([[0, 1]], 'shop', 5);
  await setAside([[0, 1]], 'another', 60);
  expect(await countWaiting(pool, of, 30)).toBe(2);
  await pool.query(`UPDATE dead_letters SET forwarded_at = now() WHERE "offset" = 0`);
  expect(await countWaiting(pool, of, 30)).toBe(1);
  expect(await countWaiting(pool, { ...of, clusterId: 'd' }, 30)).toBe(0);
});
