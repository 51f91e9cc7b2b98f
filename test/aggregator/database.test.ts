import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { withDatabase } from '../../src/aggregator/database.ts';
import { readConfig } from '../../src/config.ts';
import { emptyDatabase } from '../support/database.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What was done, in its order. */
async function using(env: Readonly<Record<string, string>>, work = async () => {}): Promise<unknown[]> {
  const done: unknown[] = [];
  const config = readConfig({ DATA_DIR: temporaryFolder(), LOG_LEVEL: 'silent', ...env }, {});
  const prepare = () => {
    done.push('prepared');
    return () => void done.push('released');
  };
  const result = withDatabase(config, prepare, async (pool) => {
    const { rows } = await pool.query('SELECT count(*) > 0 AS migrated FROM schema_migrations');
    done.push(rows[0]);
    await work();
    return 'the result';
  });
  done.push(await result.catch((error) => error));
  return done;
}

it('a command works on the database that is configured, with the schema of the program, and starts none', async () => {
  const url = await emptyDatabase();
  expect(await using({ DATABASE_URL: url })).toEqual([{ migrated: true }, 'the result']);
});

it('a command fails with what its work throws', async () => {
  const error = new Error('of the work');
  const url = await emptyDatabase();
  expect(await using({ DATABASE_URL: url }, () => Promise.reject(error))).toEqual([
    { migrated: true },
    error,
  ]);
});

it('a database that is configured and does not answer is told, and no other is started in its place', async () => {
  const url = `postgres://shop:secret@127.0.0.1:${await freePort()}/shop`;
  expect(await using({ DATABASE_URL: url })).toEqual([
    expect.objectContaining({
      code: 'DATABASE_UNREACHABLE',
      message: expect.not.stringContaining('secret'),
    }),
  ]);
});

it('what was prepared for an embedded server is released also where that does not start', async () => {
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(await using({ DATA_DIR: file })).toEqual([
    'prepared',
    'released',
    expect.objectContaining({ code: 'ENOTDIR' }),
  ]);
});
