import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { loadSample } from '../../seed/sample.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { replicaFile } from './support.ts';

describe('loadSample', () => {
  it('loads about 20,000 rows, labelled as sample, that every chart counts', async () => {
    const { pool } = await migratedDatabase();
    const result = await loadSample(pool, testLog);
    expect(result).toMatchObject({ added: 20_000, rejected: 0 });
    expect(await countEvents(pool)).toBe(20_000);
    expect((await pool.query('SELECT source, sample, rows FROM loads')).rows).toEqual([
      { source: 'sample', sample: true, rows: 20_000 },
    ]);
    await expectRollupsEqualEvents(pool);
  });

  it('does nothing where something was loaded before', async () => {
    const { pool } = await migratedDatabase();
    await loadSample(pool, testLog);
    expect(await loadSample(pool, testLog)).toBeUndefined();
    expect(await countEvents(pool)).toBe(20_000);
  });
});

describe.each([
  ['a small file, merged into the table', 2_000],
  ['a large file, which becomes the table', 26_000],
])('loadFile with %s', (_, rows) => {
  it('adds every row once and counts it in every chart', async () => {
    const { pool } = await migratedDatabase();
    const result = await loadFile({ pool, log: testLog, file: await replicaFile(rows) });
    expect(result).toMatchObject({ added: rows, present: 0, rejected: 0, known: false });
    expect(await countEvents(pool)).toBe(rows);
    await expectRollupsEqualEvents(pool);
  });
});

describe('a published file', () => {
  it('has every index of events, made before anybody has to wait for it', async () => {
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

  it('leaves views and grants on events as they are', async () => {
    const { pool } = await migratedDatabase();
    await pool.query(`CREATE VIEW orders AS SELECT * FROM events WHERE title = 'order'`);
    await pool.query('GRANT SELECT ON events TO pg_monitor');
    await loadFile({ pool, log: testLog, file: await replicaFile(26_000) });
    const { rows } = await pool.query(
      `SELECT (SELECT count(*) FROM orders) > 0 AS seen, has_table_privilege('pg_monitor', 'events', 'SELECT') AS granted`,
    );
    expect(rows).toEqual([{ seen: true, granted: true }]);
  });
});
