// Recounts hours, days and years in a new time zone, from the events and from the counts by minute, which don't depend on it.

import type { ClientBase } from 'pg';
import { addCountsSql, countsOf, eventRows, LOADED_SOURCE, minuteRows, ROLLUPS } from './rollups.ts';

const TABLES = 'day_counts, hour_orders, user_years, year_users, unlisted_years';

/** Locks the rollups that depend on the time zone: their writers and readers wait until the transaction ends. */
export async function lockZonedRollups(client: ClientBase): Promise<void> {
  await client.query(`LOCK TABLE ${TABLES} IN ACCESS EXCLUSIVE MODE`);
}

/** Recounts these rollups. @param client in a transaction, after lockZonedRollups() */
export async function recountZoned(client: ClientBase): Promise<void> {
  const source = String(LOADED_SOURCE);
  await client.query(`TRUNCATE ${TABLES}`);
  await client.query(addCountsSql(ROLLUPS.days, countsOf(ROLLUPS.days, eventRows('events')), source));
  const hours = countsOf(ROLLUPS.hours, minuteRows(ROLLUPS.minutes.table));
  await client.query(addCountsSql(ROLLUPS.hours, hours, source));
  await client.query(
    `SELECT recount_users(ARRAY(SELECT DISTINCT extract(year FROM day)::smallint FROM day_counts))`,
  );
}
