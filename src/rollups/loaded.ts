// Counts of rows that a load adds or takes away, under LOADED_SOURCE. Of loaded rows only orders count by the minute.

import type { ClientBase } from 'pg';
import {
  addCountsSql,
  addUsersSql,
  countsOf,
  LOADED_SOURCE,
  loadedRows,
  minuteRows,
  ROLLUPS,
} from './rollups.ts';

/** A table, or what may stand in its place, with the columns of events. */
type Relation = string;

const SOURCE = String(LOADED_SOURCE);
const LOADED_MINUTES = { ...ROLLUPS.minutes, where: `title = 'order'` };

/** SELECT of how many rows each day has, as day_counts keeps it. */
export const daysOf = (rows: Relation): string => countsOf(ROLLUPS.days, loadedRows(rows));

/** SELECT of how many orders each minute has, as minute_counts keeps it. */
export const minutesOf = (rows: Relation): string => countsOf(LOADED_MINUTES, loadedRows(rows));

/** Adds counts, a SELECT made by daysOf() or of a table that keeps them, to day_counts; a `sign` of -1 takes them away. */
export async function addDays(client: ClientBase, days: string, sign: 1 | -1 = 1): Promise<void> {
  await client.query(addCountsSql(ROLLUPS.days, days, SOURCE, sign));
  if (sign === -1) await deleteZeros(client, ROLLUPS.days.table);
}

/** The same for minute_counts and, by the hours that they are in, hour_orders. */
export async function addMinutes(client: ClientBase, minutes: string, sign: 1 | -1 = 1): Promise<void> {
  const hours = countsOf(ROLLUPS.hours, minuteRows('minutes'));
  await client.query(
    `WITH minutes AS MATERIALIZED (${minutes}),
     hours AS (${addCountsSql(ROLLUPS.hours, hours, SOURCE, sign)})
     ${addCountsSql(ROLLUPS.minutes, 'SELECT * FROM minutes', SOURCE, sign)}`,
  );
  if (sign === 1) return;
  await deleteZeros(client, ROLLUPS.minutes.table);
  await deleteZeros(client, ROLLUPS.hours.table);
}

async function deleteZeros(client: ClientBase, table: string): Promise<void> {
  await client.query(`DELETE FROM ${table} WHERE source = ${SOURCE} AND count = 0`);
}

/** Counts each user of the rows whom a year hasn't seen yet on this device. */
export async function addUsers(client: ClientBase, rows: Relation): Promise<void> {
  await client.query(addUsersSql(loadedRows(rows), SOURCE));
}
