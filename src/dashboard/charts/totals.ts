// What a range of days adds up to, beside the period of the same length before it.

import type { Pool } from '../../db/pool.ts';
import { type Device, TITLES, type Title } from '../../events/event.ts';
import type { Product } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import { addDays, type DayRange, daysBetween } from '../../runtime/day.ts';

export type TotalsRow = { readonly title: Title; readonly count: number; readonly before: number };

/** As many days, ending where the range begins. */
export function periodBefore(range: DayRange): DayRange {
  return { from: addDays(range.from, -daysBetween(range)), to: range.from };
}

/** A row for each title, those without events included. */
export async function totals(
  pool: Pool,
  range: DayRange,
  product: Product | undefined,
  device: Device | undefined,
  whose: Whose,
): Promise<TotalsRow[]> {
  const { rows } = await pool.query<TotalsRow>(
    `SELECT title, coalesce(sum(count) FILTER (WHERE day >= $2::date), 0)::bigint AS count,
       coalesce(sum(count) FILTER (WHERE day < $2::date), 0)::bigint AS before
     FROM unnest($4::title[]) AS title LEFT JOIN (
       SELECT day, title, count FROM day_counts
       WHERE day >= $1::date AND day < $3::date AND (product = $5 OR $5 IS NULL) AND (device = $6 OR $6 IS NULL)
         AND (robot = $7 OR $7 IS NULL) AND (simulated = $8 OR $8 IS NULL)
     ) AS counted USING (title)
     GROUP BY title ORDER BY title`,
    [
      periodBefore(range).from,
      range.from,
      range.to,
      TITLES,
      product ?? null,
      device ?? null,
      ...whoseIs(whose),
    ],
  );
  return rows;
}
