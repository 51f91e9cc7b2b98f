import { readdirSync } from 'node:fs';
import path from 'node:path';
import { getTableColumns } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import * as tables from '../../src/db/tables.ts';
import { readTimeZone } from '../../src/db/time-zone.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from '../support/database.ts';

describe('migrate', () => {
  it('migrate runs each migration once, however many programs start together', async () => {
    const url = await emptyDatabase();
    const pool = openTestPool(url);
    const programs = [pool, openTestPool(url), openTestPool(url)];
    const ran = await Promise.all(programs.map((program) => migrate(program, testLog, 'UTC')));
    const { rows } = await pool.query('SELECT version FROM schema_migrations');
    expect(ran.filter((count) => count > 0)).toEqual([rows.length]);
  });

  it('migrate has a number for each migration that no other has', () => {
    const numbers = readdirSync(path.join(packageRoot, 'migrations')).map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('migrate refuses a database that a newer program made', async () => {
    const { pool } = await migratedDatabase();
    await pool.query(
      `INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, '9999_future.sql', '')`,
    );
    await expect(migrate(pool, testLog)).rejects.toMatchObject({
      code: 'SCHEMA_NEWER',
      message: expect.stringContaining('9999_future.sql'),
    });
  });

  it('migrate refuses a database whose migration was edited afterwards', async () => {
    const { pool } = await migratedDatabase();
    await pool.query(`UPDATE schema_migrations SET sha256 = 'other' WHERE version = 1`);
    await expect(migrate(pool, testLog)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' });
  });

  it('migrate keeps the time zone of the database where none is asked for', async () => {
    const { pool } = await migratedDatabase('Asia/Tokyo');
    await migrate(pool, testLog);
    expect(await readTimeZone(pool)).toBe('Asia/Tokyo');
  });

  it('migrate makes the columns that drizzle expects', async () => {
    const { pool } = await migratedDatabase();
    for (const [table, name] of [
      [tables.events, 'events'],
      [tables.deadLetters, 'dead_letters'],
      [tables.loads, 'loads'],
    ] as const) {
      const { rows } = await pool.query(
        `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required
         FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
        [name],
      );
      const expected = Object.entries(getTableColumns(table)).map(([column, definition]) => ({
        name: column,
        type: definition.getSQLType(),
        required: definition.notNull,
      }));
      expect(rows).toEqual(expected);
    }
  });
});
