// Counts of rows that a load adds or removes. Their source is LOADED_SOURCE. Only orders of loaded rows are counted by minute.

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

/** A table or another FROM item, with the columns of events. */
type Relation = string;

const SOURCE = String(LOADED_SOURCE);
const LOADED_MINUTES = { ...ROLLUPS.minutes, where: `title = 'order'` };

/** SELECT that counts rows by day, with the columns of day_counts. */
export const daysOf = (rows: Relation): string => countsOf(ROLLUPS.days, loadedRows(rows));

/** SELECT that counts orders by minute, with the columns of minute_counts. */
export const minutesOf = (rows: Relation): string => countsOf(LOADED_MINUTES, loadedRows(rows));

/** Adds counts to day_counts. @param days SELECT of daysOf() @param sign -1 subtracts them */
export async function addDays(client: ClientBase, days: string, sign: 1 | -1 = 1): Promise<void> {
  await client.query(addCountsSql(ROLLUPS.days, days, SOURCE, sign));
  if (sign === -1) await deleteZeros(client, ROLLUPS.days.table);
}

/** Adds counts to minute_counts and, summed by hour, to hour_orders. @param minutes SELECT of minutesOf() @param sign -1 subtracts them */
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

/** Counts the users of rows who are new in a year on a device. */
export async function addUsers(client: ClientBase, rows: Relation): Promise<void> {
  await client.query(addUsersSql(loadedRows(rows), SOURCE));
}
