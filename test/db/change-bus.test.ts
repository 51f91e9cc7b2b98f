import { expect, it } from 'vitest';
import { CHANGE_CHANNEL, FAULTS_MESSAGE, notifyAggregatedSql, storedMessage } from '../../src/db/change.ts';
import { ChangeBus, type Feed } from '../../src/db/change-bus.ts';
import { afterFile } from '../support/after-file.ts';
import { emptyDatabase, openTestPool, testLog } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const stored = { topic: 't', partition: 0, next: '7' };

/** A bus with a feed, and what that one was told. */
async function listening() {
  const url = await emptyDatabase();
  const pool = openTestPool(url);
  const told: unknown[] = [];
  const feed: Feed = {
    stored: (change) => void told.push(['stored', change]),
    aggregated: (name) => void told.push(['aggregated', name]),
    faults: () => void told.push(['faults']),
  };
  const bus = new ChangeBus();
  bus.add({}, feed);
  bus.start(url, testLog);
  afterFile(() => bus.close());
  const anything = [['stored', undefined], ['aggregated', undefined], ['faults']];
  await eventually(() => told.length === anything.length);
  expect(told.splice(0)).toEqual(anything);
  const notify = (payload: string) => pool.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, payload]);
  return { bus, pool, told, anything, notify };
}

it('a feed is told what has changed, in the order of the commits, and nothing of what it does not know', async () => {
  const { bus, pool, told, notify } = await listening();
  await notify('from another program');
  await notify(storedMessage(stored));
  await pool.query(`SELECT ${notifyAggregatedSql(`'print-shop'`)}`);
  await notify(FAULTS_MESSAGE);
  await eventually(() => told.length === 3);
  expect(told).toEqual([['stored', stored], ['aggregated', 'print-shop'], ['faults']]);
  await bus.close();
});

it('a feed assumes that all has changed where the connection was lost', async () => {
  const { bus, pool, told, anything, notify } = await listening();
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'shopstream listen' AND datname = current_database()`,
  );
  await eventually(() => told.length === anything.length);
  expect(told.splice(0)).toEqual(anything);
  await notify(storedMessage(stored));
  await eventually(() => told.length === 1);
  expect(told).toEqual([['stored', stored]]);
  await bus.close();
});
