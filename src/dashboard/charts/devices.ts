// Desktop and mobile in a year: distinct people, or events.

import type { Pool } from '../../db/pool.ts';
import { DEVICES, type Device } from '../../events/event.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';

export type DevicesRow = { readonly device: Device; readonly count: number };

/** Distinct users by device; who used both counts on both, and who came as a robot and as a person on both sides. */
export async function usersByDevice(pool: Pool, year: number, whose: Whose): Promise<DevicesRow[]> {
  const { rows } = await pool.query<DevicesRow>(
    `SELECT device, coalesce(users, 0)::bigint AS count
     FROM unnest($2::site_version[]) AS device
     LEFT JOIN (
       SELECT device, sum(users) AS users FROM year_users
       WHERE year = $1 AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL) GROUP BY device
     ) AS counted USING (device)
     ORDER BY device`,
    [year, DEVICES, ...whoseIs(whose)],
  );
  return rows;
}

/** Events by device in a calendar year of the shop's time zone. */
export async function eventsByDevice(pool: Pool, year: number, whose: Whose): Promise<DevicesRow[]> {
  const { rows } = await pool.query<DevicesRow>(
    `SELECT device, coalesce(events, 0)::bigint AS count
     FROM unnest($2::site_version[]) AS device LEFT JOIN (
       SELECT device, sum(count) AS events FROM day_counts
       WHERE day BETWEEN make_date($1, 1, 1) AND make_date($1, 12, 31) AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL) GROUP BY device
     ) AS counted USING (device)
     ORDER BY device`,
    [year, DEVICES, ...whoseIs(whose)],
  );
  return rows;
}

/** The years that have events, earliest first. */
export async function yearsWithEvents(pool: Pool): Promise<number[]> {
  const { rows } = await pool.query<{ year: number }>('SELECT DISTINCT year FROM year_users ORDER BY year');
  return rows.map(({ year }) => year);
}
