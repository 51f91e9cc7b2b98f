import { expect, it } from 'vitest';
import { attachStage } from '../../../../seed/load/merge/attach.ts';
import { beginStage } from '../../../../seed/load/stage/unfinished.ts';
import { loadFile } from '../../../../seed/load.ts';
import { migratedDatabase, testLog } from '../../../support/database.ts';
import { replicaFile } from '../../support.ts';

it('an attached file has every index of events, made before anybody has to wait for it', async () => {
  const { pool } = await migratedDatabase();
  await pool.query(`CREATE INDEX ON events (user_id, "time") WHERE title = 'order'`);
  const definitions = async () => {
    const { rows } = await pool.query<{ definition: string }>(
      `SELECT substring(pg_get_indexdef(indexrelid) FROM ' (USING .*)$') AS definition FROM pg_index
       WHERE indrelid = (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass) ORDER BY 1`,
    );
    return rows;
  };
  const before = await definitions();
  await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
  expect(await definitions()).toEqual(before);
  expect(before.length).toBeGreaterThan(1);
});

it('an attached file leaves views and grants on events as they are', async () => {
  const { pool } = await migratedDatabase();
  await pool.query(`CREATE VIEW orders AS SELECT * FROM events WHERE title = 'order'`);
  await pool.query('GRANT SELECT ON events TO pg_monitor');
  await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
  const { rows } = await pool.query(
    `SELECT (SELECT count(*) FROM orders) > 0 AS seen, has_table_privilege('pg_monitor', 'events', 'SELECT') AS granted`,
  );
  expect(rows).toEqual([{ seen: true, granted: true }]);
});

it('a load whose days were counted by another time zone is not attached, and can be counted again', async () => {
  const { pool } = await migratedDatabase('Asia/Tokyo');
  const client = await pool.connect();
  try {
    const load = await beginStage(client, 'a.csv', '');
    await client.query(
      `CREATE TEMP TABLE staged_days AS SELECT day, product, title, device, robot, simulated, count FROM day_counts;
       CREATE TEMP TABLE staged_minutes AS SELECT minute, product, title, device, robot, simulated, count FROM minute_counts`,
    );
    expect(await attachStage(client, load, 'UTC', async () => {})).toBeUndefined();
    const { rows } = await client.query(
      `SELECT FROM pg_inherits WHERE inhparent = 'events'::regclass AND inhrelid = $1::regclass`,
      [`events_${load.load_id}`],
    );
    expect(rows).toEqual([]);
  } finally {
    client.release(true);
  }
});
