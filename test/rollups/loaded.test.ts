import { expect, it } from 'vitest';
import { transaction } from '../../src/db/pool.ts';
import { addDays, addMinutes, addUsers, daysOf, minutesOf } from '../../src/rollups/loaded.ts';
import { migratedDatabase } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

const ROWS = `INSERT INTO loaded (order_id, user_id, page_id, product, site_version, "time", title, target)
  SELECT gen_random_uuid(), ('00000000-0000-0000-0000-00000000000' || n % 3)::uuid, gen_random_uuid(), 'clothes', 'mobile',
    '2019-01-31 23:30Z'::timestamptz + n * interval '20 minutes', CASE WHEN n % 2 = 0 THEN 'order' ELSE 'banner_show' END::title, 1 - n % 2
  FROM generate_series(0, 9) AS n`;
const TABLES = ['day_counts', 'minute_counts', 'hour_orders'];

it('loaded rows are counted in every rollup as a recount has them, and taken away again without a trace', async () => {
  const { pool } = await migratedDatabase('Asia/Kathmandu');
  const change = (sign: 1 | -1) =>
    transaction(pool, async (client) => {
      await client.query('CREATE TEMP TABLE loaded (LIKE events) ON COMMIT DROP');
      if (sign === 1) {
        await client.query(ROWS);
        await client.query('INSERT INTO events SELECT * FROM loaded');
        await addUsers(client, 'loaded');
      } else await client.query('INSERT INTO loaded SELECT * FROM events');
      await addDays(client, daysOf('loaded'), sign);
      await addMinutes(client, minutesOf('loaded'), sign);
    });
  await change(1);
  await expectRollupsEqualEvents(pool);
  expect((await pool.query('SELECT users FROM year_users')).rows).toEqual([{ users: 3 }]);
  await change(-1);
  for (const table of TABLES) expect((await pool.query(`TABLE ${table}`)).rows, table).toEqual([]);
});
