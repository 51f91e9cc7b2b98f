import { type AddressInfo, createServer } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPool, type Pool, transaction } from '../../src/db/pool.ts';
import { afterFile } from '../support/after-file.ts';
import { emptyDatabase, testLog } from '../support/database.ts';

let url: string;
let pool: Pool;
beforeAll(async () => {
  url = await emptyDatabase();
  // One connection: what it is left with, the next one finds.
  pool = openPool(url, testLog, 1);
  afterFile(() => pool.end());
  await pool.query('CREATE TABLE kept (n int PRIMARY KEY)');
});
const kept = async () => (await pool.query('SELECT n FROM kept ORDER BY n')).rows.map(({ n }) => n);

it('counts are numbers, and days the text that they are', async () => {
  const { rows } = await pool.query(
    `SELECT count(*) AS count, date '2019-01-31' AS day FROM generate_series(1, 3)`,
  );
  expect(rows).toEqual([{ count: 3, day: '2019-01-31' }]);
});

/** Ends each connection in the packet that begins it, as PostgreSQL may where it is shut down. */
async function serverThatEnds(): Promise<number> {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(4 + body.length, 1);
    return Buffer.concat([head, body]);
  };
  const fatal = 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  const welcomeAndEnd = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('Z', Buffer.from('I')),
    message('E', Buffer.from(fatal)),
  ]);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(welcomeAndEnd));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it('a connection that ends in the packet that begins it fails its transaction, and not the process', async () => {
  const uncaught: unknown[] = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of others) process.on('uncaughtException', listener);
  });
  const ending = openPool(`postgres://one@127.0.0.1:${await serverThatEnds()}/any?sslmode=disable`, testLog);
  onTestFinished(() => ending.end());
  await expect(transaction(ending, (client) => client.query('SELECT 1'))).rejects.toThrow();
  expect(uncaught).toEqual([]);
});

describe('a transaction', () => {
  it('a transaction is there as a whole once it returns, and gives what it gives', async () => {
    const given = await transaction(pool, async (client) => {
      await client.query('INSERT INTO kept VALUES (1)');
      await client.query('INSERT INTO kept VALUES (2)');
      return 'two';
    });
    expect([given, await kept()]).toEqual(['two', [1, 2]]);
  });

  it('a transaction leaves nothing where it throws, with its own error', async () => {
    const failing = transaction(pool, async (client) => {
      await client.query('INSERT INTO kept VALUES (3)');
      throw new Error('not after all');
    });
    await expect(failing).rejects.toThrow('not after all');
    await expect(
      transaction(pool, (client) => client.query('INSERT INTO kept VALUES (4), (1)')),
    ).rejects.toMatchObject({
      code: '23505',
    });
    expect(await kept()).toEqual([1, 2]);
  });

  it('a transaction fails where its connection is lost, and the next one has another', async () => {
    const lost = transaction(pool, async (client) => {
      await client.query('INSERT INTO kept VALUES (5)');
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(lost).rejects.toMatchObject({ code: '57P01' });
    expect(await kept()).toEqual([1, 2]);
  });

  it('a transaction may be silent for as long as it says, and no longer than that for the next', async () => {
    const limit = 'SHOW idle_in_transaction_session_timeout';
    const asked = await transaction(pool, (client) => client.query(limit), { longestPauseMs: 90_000 });
    expect(asked.rows).toEqual([{ idle_in_transaction_session_timeout: '90s' }]);
    const next = await transaction(pool, (client) => client.query(limit));
    expect(next.rows).toEqual([{ idle_in_transaction_session_timeout: '0' }]);
  });
  it('a transaction that holds a lock makes the next one of that lock wait', async () => {
    const other = openPool(url, testLog);
    afterFile(() => other.end());
    const lock = 0x7357;
    const done: string[] = [];
    const hold = (name: string) =>
      transaction(
        other,
        async (client) => {
          await client.query('SELECT pg_sleep(0.02)');
          done.push(name);
          const { rows } = await client.query(
            `SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1`,
            [lock],
          );
          done.push(`${name} of ${rows[0].held}`);
        },
        { lock },
      );
    await Promise.all([hold('a'), hold('a')]);
    expect(done).toEqual(['a', 'a of 1', 'a', 'a of 1']);
  });
});
