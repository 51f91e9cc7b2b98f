// The fast road: the load's table, indexed late and counted aside, takes the place of the one partition of events,
// with the few rows that were there moved into it. Ingest waits for that instant only.

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { codeOf } from '../../src/db/errors.ts';
import { DEVICES } from '../../src/events/event.ts';
import { DatasetError } from '../errors.ts';
import { addDays, addMinutes, daysOf, minutesOf } from './counts.ts';
import { finishLoad } from './finish.ts';
import { contentOf, rejectRepeats } from './repeats.ts';
import { removeSample } from './sample-rows.ts';
import { changeStage, stageTable, type Unfinished } from './stage.ts';
import { transact } from './transact.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_SECONDS = 3;
const TRIES = 20;

/** Counts the load's rows into temporary tables of this connection; the time zone that the days are of. */
export async function countStage(client: pg.PoolClient, load: Unfinished): Promise<string> {
  const table = stageTable(load);
  await client.query('DROP TABLE IF EXISTS staged_days, staged_minutes, staged_users');
  const zone = await readZone(client);
  await client.query(`CREATE TEMP TABLE staged_days AS ${daysOf(table)}`);
  await client.query(`CREATE TEMP TABLE staged_minutes AS ${minutesOf(table)}`);
  await client.query('CREATE TEMP TABLE staged_users (LIKE year_users)');
  const { rows: years } = await client.query<{ year: number }>(
    'SELECT DISTINCT extract(year FROM day)::integer AS year FROM staged_days',
  );
  for (const { year } of years) {
    // Two filtered counts, as grouping by device would first sort four million rows.
    await client.query(
      `INSERT INTO staged_users (year, device, source, users)
       SELECT $1, device, -1, users
       FROM (
         SELECT ${DEVICES.map((device) => `count(*) FILTER (WHERE site_version = '${device}') AS ${device}`).join(', ')}
         FROM (
           SELECT DISTINCT user_id, site_version FROM ${table}
           WHERE "time" >= (SELECT year_start($1)) AND "time" < (SELECT year_start($1 + 1))
         ) AS seen
       ) AS counts, LATERAL (VALUES ${DEVICES.map((device) => `('${device}'::site_version, ${device})`).join(', ')})
         AS by_device (device, users)
       WHERE users > 0`,
      [year],
    );
  }
  return zone;
}

async function readZone(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ zone: string }>('SELECT shop_time_zone() AS zone');
  return rows[0]?.zone ?? '';
}

/**
 * Makes the rows visible, all at once. countStage() has run on this connection.
 * @param zone what countStage() gave
 * @returns the load as it ended, and the rows it added; undefined where the days must be counted again, as the time
 *   zone has changed meanwhile
 * @throws {DatasetError} EVENTS_BUSY where somebody keeps events locked
 */
export async function publishStage(
  client: pg.PoolClient,
  load: Unfinished,
  zone: string,
  onRejects: (client: pg.PoolClient, load: Unfinished) => Promise<void>,
): Promise<{ load: Unfinished; added: number } | undefined> {
  for (let tries = TRIES; ; tries--) {
    try {
      return await transact(client, () => publish(client, load, zone, onRejects));
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
    'received no lock on the table events, expected its readers to finish within a minute: load the file again, all of it is read already',
    cause,
  );

async function publish(
  client: pg.PoolClient,
  load: Unfinished,
  zone: string,
  onRejects: (client: pg.PoolClient, load: Unfinished) => Promise<void>,
): Promise<{ load: Unfinished; added: number } | undefined> {
  await client.query('SET LOCAL synchronous_commit = on');
  // A reader that takes long must not make everybody else queue behind us.
  await client.query(`SET LOCAL lock_timeout = '${LOCK_SECONDS}s'`);
  // Only the loader writes source -1, so that these, which take longest, hinder nobody.
  await addDays(client, 'SELECT * FROM staged_days');
  await addMinutes(client, 'SELECT * FROM staged_minutes');
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

/** Rows whose order_id is in events already leave the load's table. */
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

/** True where other rows fall in the years of the file: their users may be the same. */
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
    : 'ARRAY(SELECT (year, device, source, users)::year_users FROM staged_users)';
  await client.query(`SELECT recount_users(ARRAY(SELECT DISTINCT year FROM staged_users), ${counted})`);
}
