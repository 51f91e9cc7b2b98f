// Adds counts of live events to the rollups, in the transaction that inserts the rows, and for new rows only.

import type { ClientBase } from 'pg';
import { DIMENSIONS, type Dimensions } from '../events/dimensions.ts';
import { addCountsSql, addUsersSql, countsOf, minuteRows, ROLLUPS } from './rollups.ts';

const MINUTE_MS = 60_000;

/** The part of an event that is counted. `time` in milliseconds since the epoch. */
type Counted = { readonly time: number; readonly dimensions: Dimensions };

/** The number of events of one minute with the same dimensions. `minute` in milliseconds since the epoch. */
type Delta = { readonly minute: number; readonly dimensions: Dimensions; count: number };

const DELTAS = minuteRows('delta');
const ADD_COUNTS = `WITH delta AS (
    SELECT * FROM unnest($1::timestamptz[], $2::product[], $3::title[], $4::site_version[], $5::boolean[], $6::boolean[],
        $7::bigint[])
      AS d(minute, product, title, device, robot, simulated, count)
  ), days AS (${addCountsSql(ROLLUPS.days, countsOf(ROLLUPS.days, DELTAS), '$8::integer')}),
  hours AS (${addCountsSql(ROLLUPS.hours, countsOf(ROLLUPS.hours, DELTAS), '$8::integer')})
  ${addCountsSql(ROLLUPS.minutes, 'SELECT * FROM delta', '$8::integer')}`;

/** Adds counts to all rollups. @param partition of the events, which is their source */
export async function addCounts(
  client: ClientBase,
  partition: number,
  deltas: readonly Delta[],
): Promise<void> {
  if (deltas.length === 0) return;
  await client.query({
    name: 'add_counts',
    text: ADD_COUNTS,
    values: [
      deltas.map(({ minute }) => new Date(minute)),
      deltas.map(({ dimensions }) => dimensions.product),
      deltas.map(({ dimensions }) => dimensions.title),
      deltas.map(({ dimensions }) => dimensions.device),
      deltas.map(({ dimensions }) => dimensions.robot),
      deltas.map(({ dimensions }) => dimensions.simulated),
      deltas.map(({ count }) => count),
      partition,
    ],
  });
}

/** Counts events by minute and dimensions. */
export function countByMinute(events: readonly Counted[]): readonly Delta[] {
  const deltas = new Map<number, Delta>();
  for (const { time, dimensions } of events) {
    const minute = Math.floor(time / MINUTE_MS);
    // A numeric key, as a string for each event would take longer than the rest of this function.
    const key = minute * DIMENSIONS.length + dimensions.index;
    const delta = deltas.get(key);
    if (delta === undefined) deltas.set(key, { minute: minute * MINUTE_MS, dimensions, count: 1 });
    else delta.count += 1;
  }
  return [...deltas.values()];
}

const ADD_USERS = addUsersSql(
  {
    ...minuteRows(
      `unnest($1::uuid[], $2::timestamptz[], $3::site_version[], $4::boolean[], $5::boolean[])
        AS e(user_id, "time", device, robot, simulated)`,
    ),
    time: '"time"',
  },
  '$6::integer',
);

/**
 * Counts users who are new in a year on a device.
 * @param partition of the events, which is their source
 * @param events at least one for each user, year and device
 * @param userIdOf gives the user of an event, as 32 hex digits
 */
export async function addUsers<E extends Counted>(
  client: ClientBase,
  partition: number,
  events: readonly E[],
  userIdOf: (event: E) => string,
): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: 'add_users',
    text: ADD_USERS,
    values: [
      `{${events.map(userIdOf).join(',')}}`,
      `{${events.map(({ time }) => new Date(time).toISOString()).join(',')}}`,
      `{${events.map(({ dimensions }) => dimensions.device).join(',')}}`,
      `{${events.map(({ dimensions }) => dimensions.robot).join(',')}}`,
      `{${events.map(({ dimensions }) => dimensions.simulated).join(',')}}`,
      partition,
    ],
  });
}
