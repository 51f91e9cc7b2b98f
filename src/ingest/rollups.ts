// The charts' numbers, moved in the same transaction as the rows they count, and only for rows that are new.

import type { Client } from '../db/pool.ts';
import { type LiveEvent, userIdOf } from './batch.ts';
import { KINDS, type Kind } from './kinds.ts';

const MINUTE_MS = 60_000;
// Below, (SELECT shop_time_zone()) asks once a statement: without SELECT it would be asked for each row.

/** How many events of one minute and kind. `minute` in milliseconds since the epoch. */
type Delta = { readonly minute: number; readonly kind: Kind; count: number };

/** Adds counts to day_counts, hour_orders and minute_counts, under the partition that the events came from. */
export async function addCounts(client: Client, source: number, deltas: readonly Delta[]): Promise<void> {
  if (deltas.length === 0) return;
  await client.query({
    name: 'add_counts',
    text: `WITH delta AS (
       SELECT * FROM unnest($1::timestamptz[], $2::product[], $3::title[], $4::site_version[], $5::boolean[], $6::bigint[])
         AS d(minute, product, title, device, robot, count)
     ), days AS (
       INSERT INTO day_counts (day, product, title, device, robot, source, count)
       SELECT (minute AT TIME ZONE (SELECT shop_time_zone()))::date, product, title, device, robot, $7, sum(count)
       FROM delta GROUP BY 1, 2, 3, 4, 5
       ON CONFLICT (day, product, title, device, robot, source) DO UPDATE SET count = day_counts.count + excluded.count
     ), hours AS (
       INSERT INTO hour_orders (hour, product, robot, source, count)
       SELECT date_trunc('hour', minute, (SELECT shop_time_zone())), product, robot, $7, sum(count)
       FROM delta WHERE title = 'order' GROUP BY 1, 2, 3
       ON CONFLICT (hour, product, robot, source) DO UPDATE SET count = hour_orders.count + excluded.count
     )
     INSERT INTO minute_counts (minute, product, title, device, robot, source, count)
     SELECT minute, product, title, device, robot, $7, count FROM delta
     ON CONFLICT (minute, product, title, device, robot, source) DO UPDATE SET count = minute_counts.count + excluded.count`,
    values: [
      deltas.map(({ minute }) => new Date(minute)),
      deltas.map(({ kind }) => kind.product),
      deltas.map(({ kind }) => kind.title),
      deltas.map(({ kind }) => kind.device),
      deltas.map(({ kind }) => kind.robot),
      deltas.map(({ count }) => count),
      source,
    ],
  });
}

/** Counts events by minute and kind. */
export function countByMinute(events: readonly LiveEvent[]): readonly Delta[] {
  const deltas = new Map<number, Delta>();
  for (const { time, kind } of events) {
    const minute = Math.floor(time / MINUTE_MS);
    // A number for each minute and kind: a text for each event would take longer than the rest of the batch's work here.
    const key = minute * KINDS.length + kind.index;
    const delta = deltas.get(key);
    if (delta === undefined) deltas.set(key, { minute: minute * MINUTE_MS, kind, count: 1 });
    else delta.count += 1;
  }
  return [...deltas.values()];
}

/**
 * Counts each user whom a year hasn't seen yet on this device.
 * @param events one for each user, year and device is enough
 */
export async function addUsers(client: Client, source: number, events: readonly LiveEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: 'add_users',
    text: `WITH seen AS (
       INSERT INTO user_years (user_id, year, device, robot)
       SELECT DISTINCT user_id, extract(year FROM "time" AT TIME ZONE (SELECT shop_time_zone()))::smallint, device, robot
       FROM unnest($1::uuid[], $2::timestamptz[], $3::site_version[], $4::boolean[]) AS e(user_id, "time", device, robot)
       ORDER BY 1, 2, 3, 4
       ON CONFLICT DO NOTHING
       RETURNING year, device, robot
     )
     INSERT INTO year_users (year, device, robot, source, users)
     SELECT year, device, robot, $5, count(*) FROM seen GROUP BY year, device, robot
     ON CONFLICT (year, device, robot, source) DO UPDATE SET users = year_users.users + excluded.users`,
    values: [
      `{${events.map(userIdOf).join(',')}}`,
      `{${events.map(({ time }) => new Date(time).toISOString()).join(',')}}`,
      `{${events.map(({ kind }) => kind.device).join(',')}}`,
      `{${events.map(({ kind }) => kind.robot).join(',')}}`,
      source,
    ],
  });
}
