import { drizzle } from 'drizzle-orm/node-postgres';
import { describe, expect, it } from 'vitest';
import { explainConnection, isAway, isRefusal, levelOf, withoutPassword } from '../../src/db/errors.ts';
import { openPool } from '../../src/db/pool.ts';
import { emptyDatabase, openTestPool, testLog } from '../support/database.ts';
import { freePort } from '../support/ports.ts';

describe('a database URL that is shown', () => {
  it.each([
    ['postgres://me:s3cret@host:5432/db', 'postgres://me:***@host:5432/db'],
    ['postgres://me@host/db', 'postgres://me@host/db'],
    [
      'postgres://me@host/db?password=s3cret&sslmode=require',
      'postgres://me@host/db?password=***&sslmode=require',
    ],
    ['postgres://me:s3cret@host/db?sslpassword=s3cret', 'postgres://me:***@host/db?sslpassword=***'],
    ['postgres://me:s3%40cret@[::1]/db', 'postgres://me:***@[::1]/db'],
  ])('a database URL that is shown has no password: %s', (url, shown) => {
    expect(withoutPassword(url).replaceAll('%2A', '*')).toBe(shown);
    expect(explainConnection(new Error('no'), url).message).not.toContain('s3');
  });
});

describe('an error of Postgres', () => {
  it('an error of Postgres is told from a server that is away', async () => {
    const pool = openTestPool(await emptyDatabase());
    const errors = await Promise.all(
      ['SELECT FROM nothing', 'SELECT 1/0', 'DO $$ BEGIN RAISE lock_not_available; END $$'].map((sql) =>
        pool.query(sql).catch((error) => error),
      ),
    );
    expect(errors.map(isRefusal)).toEqual([true, true, false]);
    expect(errors.map(isAway)).toEqual([false, false, false]);
    expect(errors.map(levelOf)).toEqual(['warn', 'warn', 'warn']);
  });

  it('an error of Postgres is away where nobody listens, where the name is unknown, and where the connection is cut', async () => {
    const pool = openTestPool(await emptyDatabase());
    const cut = pool.query('SELECT pg_terminate_backend(pg_backend_pid())').catch((error) => error);
    const unreachable = openPool(`postgres://me@127.0.0.1:${await freePort()}/db`, testLog);
    const unknown = openPool('postgres://me@no-such-host.invalid/db', testLog);
    const errors = await Promise.all([
      cut,
      ...[unreachable, unknown].map((one) => one.query('SELECT 1').catch((error) => error)),
      drizzle(unreachable)
        .execute('SELECT 1')
        .catch((error) => error),
    ]);
    expect(errors.map(isAway)).toEqual([true, true, true, true]);
    expect(errors.map(levelOf)).toEqual(['debug', 'debug', 'debug', 'debug']);
    expect(errors.map(isRefusal)).toEqual([false, false, false, false]);
  });

  it('an error of our own is no error of Postgres', () => {
    expect([isAway(new TypeError('x is not a function')), isRefusal(new TypeError('x'))]).toEqual([
      false,
      false,
    ]);
  });
});
