// Events of each day, or of a coarser step, by title. Those without events are rows too, with 0.

import type { Pool } from '../../db/pool.ts';
import { type Device, TITLES, type Title } from '../../events/event.ts';
import type { Product } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import type { DayRange } from '../../runtime/day.ts';
import { type Step, stepOf, stepStart } from './range.ts';

/** `day` is the first of its step within the range. */
export type DailyRow = { readonly day: string; readonly title: Title; readonly count: number };

/** The step in which dailyCounts answers a range. */
export const dailyStep = (range: DayRange): Step => stepOf(range, TITLES.length);

/** Three rows for every step of the range, by day and title. */
export async function dailyCounts(
  pool: Pool,
  range: DayRange,
  product: Product | undefined,
  device: Device | undefined,
  whose: Whose,
): Promise<DailyRow[]> {
  const start = stepStart(dailyStep(range), 'day', '$1::date');
  const { rows } = await pool.query<DailyRow>(
    `SELECT day, title, coalesce(count, 0)::bigint AS count
     FROM (SELECT DISTINCT ${start} AS day FROM generate_series($1::date::timestamp, $2::date - 1, '1 day') AS day) AS steps
     CROSS JOIN unnest($3::title[]) AS title
     LEFT JOIN (
       SELECT ${start} AS day, title, sum(count) AS count FROM day_counts
       WHERE day >= $1::date AND day < $2::date AND (product = $4 OR $4 IS NULL) AND (device = $5 OR $5 IS NULL)
         AND (robot = $6 OR $6 IS NULL) AND (simulated = $7 OR $7 IS NULL)
       GROUP BY 1, title
     ) AS counted USING (day, title)
     ORDER BY day, title`,
    [range.from, range.to, TITLES, product ?? null, device ?? null, ...whoseIs(whose)],
  );
  return rows;
}
