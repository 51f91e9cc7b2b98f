import { expect, it } from 'vitest';
import { recordOf } from '../../src/consumer/fetched-record.ts';
import { migratedDatabase } from '../support/database.ts';

const record = (timestamp: string) => recordOf({ offset: '7', timestamp, key: null, value: null });

it('a record has the time that was sent with it where both Date and PostgreSQL can hold that, else none', async () => {
  const [first, last] = [-210_866_803_200_000, 8_640_000_000_000_000];
  for (const ms of [first, -2, -1, 0, 1_700_000_000, last]) expect(record(String(ms)).timestamp).toBe(ms);
  for (const text of [first - 1, -last, last + 1, '-9223372036854775808', '9223372036854775807'])
    expect(record(String(text)).timestamp).toBe(-1);
  const { pool } = await migratedDatabase();
  const { rows } = await pool.query(`SELECT 'epoch'::timestamptz + $1::bigint * interval '1 ms' AS at`, [
    first,
  ]);
  expect(rows).toHaveLength(1);
  await expect(
    pool.query(`SELECT 'epoch'::timestamptz + $1::bigint * interval '1 ms' AS at`, [first - 1]),
  ).rejects.toThrow('out of range');
});
