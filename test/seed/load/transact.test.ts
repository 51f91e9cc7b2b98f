import { beforeAll, beforeEach, expect, it } from 'vitest';
import { transact } from '../../../seed/load/transact.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { emptyDatabase, openTestPool } from '../../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = openTestPool(await emptyDatabase());
  await pool.query('CREATE TABLE kept (n int); CREATE SEQUENCE tries');
});
beforeEach(() => pool.query('TRUNCATE kept; ALTER SEQUENCE tries RESTART'));

/** Inserts a row and fails with an SQLSTATE, until it was tried often enough. */
async function insertAfter(tries: number, sqlstate: string): Promise<string> {
  const client = await pool.connect();
  try {
    return await transact(client, async () => {
      await client.query('INSERT INTO kept VALUES (1)');
      await client.query(
        `DO $$ BEGIN IF nextval('tries') < ${tries} THEN RAISE 'no' USING ERRCODE = '${sqlstate}'; END IF; END $$`,
      );
      return 'done';
    });
  } finally {
    client.release();
  }
}
const kept = async () => (await pool.query('TABLE kept')).rowCount;
const tried = async () => (await pool.query('SELECT last_value FROM tries')).rows[0].last_value;

it('a transaction that a deadlock has ended is tried again, and what it wrote is there once', async () => {
  expect(await insertAfter(5, '40P01')).toBe('done');
  expect([await kept(), await tried()]).toEqual([1, 5]);
});

it('a transaction that ends in deadlocks again and again fails with the last one', async () => {
  await expect(insertAfter(6, '40P01')).rejects.toMatchObject({ code: '40P01' });
  expect([await kept(), await tried()]).toEqual([0, 5]);
});

it('a transaction that fails for another reason is rolled back, and not tried again', async () => {
  await expect(insertAfter(2, '23505')).rejects.toMatchObject({ code: '23505' });
  expect([await kept(), await tried()]).toEqual([0, 1]);
});
