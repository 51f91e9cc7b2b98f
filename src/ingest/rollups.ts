// The charts' numbers, moved in the same transaction as the rows they count, and only for rows that are new.

import type { Client } from '../db/pool.ts';
import { DEVICES, type Device, type ShopEvent, TITLES, type Title } from '../events/event.ts';
import { PRODUCTS, type Product } from '../events/products.ts';

const MINUTE_MS = 60_000;

/** How many events of one minute, product, title and device: those of `event`. `minute` in milliseconds since the epoch. */
type Delta = { readonly minute: number; readonly event: ShopEvent; count: number };

/** Adds counts to day_counts and minute_counts, under the partition that the events came from. */
export async function addCounts(client: Client, source: number, deltas: readonly Delta[]): Promise<void> {
  if (deltas.length === 0) return;
  await client.query({
    name: 'add_counts',
    text: `WITH delta AS (
       SELECT * FROM unnest($1::timestamptz[], $2::product[], $3::title[], $4::site_version[], $5::bigint[])
         AS d(minute, product, title, device, count)
     ), days AS (
       INSERT INTO day_counts (day, product, title, device, source, count)
       SELECT (minute AT TIME ZONE shop_time_zone())::date, product, title, device, $6, sum(count)
       FROM delta GROUP BY 1, 2, 3, 4
       ON CONFLICT (day, product, title, device, source) DO UPDATE SET count = day_counts.count + excluded.count
     )
     INSERT INTO minute_counts (minute, product, title, device, source, count)
     SELECT minute, product, title, device, $6, count FROM delta
     ON CONFLICT (minute, product, title, device, source) DO UPDATE SET count = minute_counts.count + excluded.count`,
    values: [
      deltas.map(({ minute }) => new Date(minute)),
      deltas.map(({ event }) => event.product),
      deltas.map(({ event }) => event.title),
      deltas.map(({ event }) => event.site_version),
      deltas.map(({ count }) => count),
      source,
    ],
  });
}

/** Counts events by minute and kind. */
export function countByMinute(events: readonly ShopEvent[]): readonly Delta[] {
  const deltas = new Map<number, Delta>();
  for (const event of events) {
    const minute = Math.floor(Date.parse(event.time) / MINUTE_MS);
    // A number for each minute and kind: a text for each event would take longer than the rest of the batch's work here.
    const key = minute * KINDS + KIND[event.product] + KIND[event.title] + KIND[event.site_version];
    const delta = deltas.get(key);
    if (delta === undefined) deltas.set(key, { minute: minute * MINUTE_MS, event, count: 1 });
    else delta.count += 1;
  }
  return [...deltas.values()];
}

const KINDS = PRODUCTS.length * TITLES.length * DEVICES.length;

/** What each value adds to the number of its kind: the sums of a product, a title and a device are all different. */
const KIND = Object.fromEntries([
  ...DEVICES.map((device, index) => [device, index] as const),
  ...TITLES.map((title, index) => [title, index * DEVICES.length] as const),
  ...PRODUCTS.map((product, index) => [product, index * DEVICES.length * TITLES.length] as const),
]) as Readonly<Record<Product | Title | Device, number>>;

/**
 * Counts each user whom a year hasn't seen yet on this device.
 * @param events one for each user, year and device is enough
 */
export async function addUsers(client: Client, source: number, events: readonly ShopEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: 'add_users',
    text: `WITH seen AS (
       INSERT INTO user_years (user_id, year, device)
       SELECT DISTINCT user_id, extract(year FROM "time" AT TIME ZONE shop_time_zone())::smallint, device
       FROM unnest($1::uuid[], $2::timestamptz[], $3::site_version[]) AS e(user_id, "time", device)
       ORDER BY 1, 2, 3
       ON CONFLICT DO NOTHING
       RETURNING year, device
     )
     INSERT INTO year_users (year, device, source, users)
     SELECT year, device, $4, count(*) FROM seen GROUP BY year, device
     ON CONFLICT (year, device, source) DO UPDATE SET users = year_users.users + excluded.users`,
    values: [
      events.map(({ user_id }) => user_id),
      events.map(({ time }) => time),
      events.map(({ site_version }) => site_version),
      source,
    ],
  });
}
