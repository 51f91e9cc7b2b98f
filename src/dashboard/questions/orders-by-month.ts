// Orders of 2019 against this year, month by month.

import type { Pool } from '../../db/pool.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

const DATASET_YEAR = 2019;

/** Twelve months, each with its orders in 2019 and in `year`, the shop's own. Where it is 2019, that year alone. */
export async function ordersByMonth(pool: Pool, { year, whose }: Asked): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `SELECT to_char(month, 'FM00') AS subject, year::text AS measure, coalesce(orders, 0)::bigint AS count
     FROM unnest($1::int[]) AS year CROSS JOIN generate_series(1, 12) AS month LEFT JOIN (
       SELECT extract(year FROM day)::int AS year, extract(month FROM day)::int AS month, sum(count) AS orders
       FROM day_counts, unnest($1::int[]) AS asked
       WHERE title = 'order' AND day BETWEEN make_date(asked, 1, 1) AND make_date(asked, 12, 31)
         AND (robot = $2 OR $2 IS NULL) AND (simulated = $3 OR $3 IS NULL)
       GROUP BY 1, 2
     ) AS counted USING (year, month) ORDER BY month, year`,
    [[...new Set([DATASET_YEAR, year])], ...whoseIs(whose)],
  );
  return rows;
}
