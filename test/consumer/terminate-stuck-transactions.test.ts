// A connection of ingest that sleeps in the middle of a transaction, and those that wait for its lock.

import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { terminateStuckTransactions } from '../../src/consumer/terminate-stuck-transactions.ts';
import { migratedDatabase, openTestPool } from '../support/database.ts';
import { eventually } from '../support/line.ts';

const NAME = 'shopstream ingest';

async function locked(holderName = NAME) {
  const { url } = await migratedDatabase();
  const clientOf = async (application_name: string) => {
    const client = new pg.Client({ connectionString: url, application_name });
    const errors: Error[] = [];
    client.on('error', (error) => errors.push(error));
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
  const [holder, waiter] = [await clientOf(holderName), await clientOf(NAME)];
  const watcher = openTestPool(url);
  await watcher.query('CREATE TABLE locked (n int); INSERT INTO locked VALUES (1)');
  await holder.query('BEGIN; UPDATE locked SET n = 2');
  const waiting = waiter.query('UPDATE locked SET n = 3').then(() => 'went on');
  const count = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await eventually(async () => (await watcher.query(count)).rowCount === 1);
  const asking = new pg.Pool({ connectionString: url, application_name: NAME, max: 1 });
  onTestFinished(() => asking.end());
  return { holder, waiting, asking, watcher };
}

it('a transaction that holds up others is ended once its process was silent for too long, and not before', async () => {
  const { waiting, asking, watcher } = await locked();
  expect(await terminateStuckTransactions(asking, 600_000)).toBe(0);
  await eventually(async () => (await terminateStuckTransactions(asking, 1)) === 1);
  expect(await waiting).toBe('went on');
  expect((await watcher.query('SELECT n FROM locked')).rows).toEqual([{ n: 3 }]);
  expect(await terminateStuckTransactions(asking, 0)).toBe(0);
});

it('a transaction of another program is let alone, however long it holds up ingest', async () => {
  const { holder, waiting, asking } = await locked('a backup');
  expect(await terminateStuckTransactions(asking, 0)).toBe(0);
  await holder.query('COMMIT');
  expect(await waiting).toBe('went on');
});
