// How many use mobile against desktop, overall and right now?

import type { Pool } from '../../db/pool.ts';
import { DEVICES } from '../../events/event.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

/** Distinct users of each device: `users` of all years, each counted once a year, and `users_now`, of ten minutes. */
export async function devicesNow(pool: Pool, { now, whose }: Asked): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `WITH overall AS (
       SELECT device, sum(users) AS users FROM year_users WHERE (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL) GROUP BY device
     ), recent AS (
       SELECT site_version AS device, count(DISTINCT user_id) AS users_now FROM events
       WHERE stored_at IS NOT NULL
         AND "time" > $1::timestamptz - interval '10 minutes' AND "time" <= $1::timestamptz
         AND (is_robot(context) = $3 OR $3 IS NULL) AND (is_simulated(context) = $4 OR $4 IS NULL)
       GROUP BY site_version
     )
     SELECT device AS subject, measure, count
     FROM unnest($2::site_version[]) AS device
     LEFT JOIN overall USING (device) LEFT JOIN recent USING (device),
     LATERAL (VALUES ('users', coalesce(users, 0)::bigint), ('users_now', coalesce(users_now, 0)::bigint))
       AS counted (measure, count)
     ORDER BY measure, device`,
    [now, DEVICES, ...whoseIs(whose)],
  );
  return rows;
}
