// Desktop and mobile in a year: distinct people, or events.

import type { Pool } from '../../db/pool.ts';
import { DEVICES, type Device } from '../../events/event.ts';

export type DevicesRow = { readonly device: Device; readonly count: number };

/** Distinct users by device; who used both counts on both. */
export async function usersByDevice(pool: Pool, year: number): Promise<DevicesRow[]> {
  const { rows } = await pool.query<DevicesRow>(
    `SELECT device, coalesce(users, 0)::bigint AS count
     FROM unnest($2::site_version[]) AS device
     LEFT JOIN (SELECT device, users FROM users_per_device WHERE year = $1) AS counted USING (device)
     ORDER BY device`,
    [year, DEVICES],
  );
  return rows;
}

export async function eventsByDevice(pool: Pool, year: number): Promise<DevicesRow[]> {
  const { rows } = await pool.query<DevicesRow>(
    `SELECT device, coalesce(events, 0)::bigint AS count
     FROM unnest($2::site_version[]) AS device LEFT JOIN (
       SELECT device, sum(count) AS events FROM day_counts
       WHERE day BETWEEN make_date($1, 1, 1) AND make_date($1, 12, 31) GROUP BY device
     ) AS counted USING (device)
     ORDER BY device`,
    [year, DEVICES],
  );
  return rows;
}

/** The years that have events, earliest first. */
export async function yearsWithEvents(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ year: number }>('SELECT DISTINCT year FROM year_users ORDER BY year');
  return rows.map(({ year }) => year);
}
