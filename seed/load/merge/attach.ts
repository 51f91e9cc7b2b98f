// Attaches a load: its table, already indexed and counted, replaces the one partition of events, whose few rows are moved into it.
// Ingest waits only for that step.

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { addDays, addMinutes, daysOf, minutesOf } from '../../../src/rollups/loaded.ts';
import { codeOf } from '../../../src/runtime/errors.ts';
import { DatasetError } from '../../errors.ts';
import { contentOf, rejectRepeats } from '../rejects/repeats.ts';
import { readZone } from '../stage/counts.ts';
import { changeStage, stageTable, type Unfinished } from '../stage/unfinished.ts';
import { transact } from '../transact.ts';
import { finishLoad } from './finish.ts';
import { removeSample } from './sample-rows.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_SECONDS = 3;
const TRIES = 20;

/**
 * Makes the rows visible, all at once. They are counted on this connection, by RunningCounts and countUsers().
 * @param zone the time zone of the counted days
 * @returns the load as it ended, and the rows it added; undefined where the days must be counted again, as the time
 *   zone has changed meanwhile
 * @throws {DatasetError} EVENTS_BUSY where somebody keeps events locked
 */
export async function attachStage(
  client: pg.PoolClient,
  load: Unfinished,
  zone: string,
  onRejects: (client: pg.PoolClient, load: Unfinished) => Promise<void>,
): Promise<{ load: Unfinished; added: number } | undefined> {
  for (let tries = TRIES; ; tries--) {
    try {
      return await transact(client, () => attach(client, load, zone, onRejects));
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
      if (tries > 1) await sleep(500);
      else throw busy(error);
    }
  }
}

const busy = (cause: unknown): DatasetError =>
  new DatasetError(
    'EVENTS_BUSY',
    'received no lock on the table events, expected its readers to finish within a minute: load the file again, which resumes here',
    cause,
  );

async function attach(
  client: pg.PoolClient,
  load: Unfinished,
  zone: string,
  onRejects: (client: pg.PoolClient, load: Unfinished) => Promise<void>,
): Promise<{ load: Unfinished; added: number } | undefined> {
  await client.query('SET LOCAL synchronous_commit = on');
  // Other statements queue behind this lock request, so it gives up after a while where a long reader is in its way.
  await client.query(`SET LOCAL lock_timeout = '${LOCK_SECONDS}s'`);
  // Only the loader writes source -1, so these statements, the longest ones, block nobody.
  await addDays(client, totalOf('staged_days', 'day'));
  await addMinutes(client, totalOf('staged_minutes', 'minute'));
  await client.query('LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  if ((await readZone(client)) !== zone) {
    await client.query('ROLLBACK');
    return undefined;
  }
  await removeSample(client);
  const state = await yieldToLive(client, load);
  if (state.rejected > load.rejected) await onRejects(client, state);
  const usersShared = await hasRowsInYears(client);
  await replacePartition(client, load);
  await countUsers(client, usersShared);
  await finishLoad(client, state, state.rows, false);
  return { load: state, added: state.rows };
}

/** Sums the staged counts, which were made of several parts of the table. */
const totalOf = (staged: string, time: 'day' | 'minute'): string =>
  `SELECT ${time}, product, title, device, robot, simulated, sum(count)::bigint AS count FROM ${staged} GROUP BY 1, 2, 3, 4, 5, 6`;

/** Deletes the rows of the load's table whose order_id is in events. */
async function yieldToLive(client: pg.PoolClient, load: Unfinished): Promise<Unfinished> {
  const table = stageTable(load);
  await client.query(
    `CREATE TEMP TABLE shared ON COMMIT DROP AS
     SELECT s.*, ${contentOf('s')} IS DISTINCT FROM ${contentOf('e')} AS differs
     FROM events AS e JOIN ${table} AS s USING (order_id)`,
  );
  const { rowCount } = await client.query(
    `DELETE FROM ${table} AS s USING shared WHERE s.order_id = shared.order_id`,
  );
  const removed = rowCount ?? 0;
  if (removed === 0) return load;
  await addDays(client, daysOf('shared'), -1);
  await addMinutes(client, minutesOf('shared'), -1);
  const rejected = await rejectRepeats(client, load, 'SELECT * FROM shared WHERE differs');
  return changeStage(client, { add: { rows: -removed, rejected, present: removed - rejected } });
}

/** True where events have rows in the years of the file, which may have the same users. */
async function hasRowsInYears(client: pg.PoolClient): Promise<boolean> {
  const { rowCount } = await client.query(
    `WITH bounds AS MATERIALIZED (
       SELECT DISTINCT year_start(year) AS first, year_start(year + 1) AS next FROM staged_users
     )
     SELECT FROM bounds JOIN events ON "time" >= first AND "time" < next LIMIT 1`,
  );
  return rowCount !== 0;
}

async function replacePartition(client: pg.PoolClient, load: Unfinished): Promise<void> {
  const table = stageTable(load);
  await client.query(`INSERT INTO ${table} SELECT * FROM events`);
  const { rows } = await client.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass`,
  );
  for (const { name } of rows) {
    await client.query(`ALTER TABLE events DETACH PARTITION ${name}`);
    await client.query(`DROP TABLE ${name}`);
  }
  await client.query(`ALTER TABLE ${table} RESET (autovacuum_enabled)`);
  await client.query(`ALTER TABLE events ATTACH PARTITION ${table} FOR VALUES FROM (MINVALUE) TO (MAXVALUE)`);
}

async function countUsers(client: pg.PoolClient, again: boolean): Promise<void> {
  const counted = again
    ? 'NULL'
    : 'ARRAY(SELECT (year, device, source, users, robot, simulated)::year_users FROM staged_users)';
  await client.query(`SELECT recount_users(ARRAY(SELECT DISTINCT year FROM staged_users), ${counted})`);
}
