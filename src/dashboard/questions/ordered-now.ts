// Which category is ordered most at the moment?

import type { Pool } from '../../db/pool.ts';
import { PRODUCTS } from '../../events/products.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

/** Orders in the minute of `now` and the 59 before it, for every category. */
export async function orderedNow(pool: Pool, { now, whose }: Asked): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `SELECT product AS subject, 'orders' AS measure, coalesce(orders, 0)::bigint AS count
     FROM unnest($2::product[]) AS product LEFT JOIN (
       SELECT product, sum(count) AS orders FROM minute_counts
       WHERE title = 'order' AND minute <= $1::timestamptz
         AND minute > date_trunc('minute', $1::timestamptz, 'UTC') - interval '60 minutes'
         AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL)
       GROUP BY product
     ) AS counted USING (product) ORDER BY product`,
    [now, PRODUCTS, ...whoseIs(whose)],
  );
  return rows;
}
