// How many users saw the ad of one category against another in the last minute?

import type { Pool } from '../../db/pool.ts';
import { PRODUCTS } from '../../events/products.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

/**
 * Distinct users with a banner_show in the minute before `now`, for every category.
 * Of live events, which an index has by their time; a clock that is ahead is not believed.
 */
export async function sawAd(pool: Pool, { now, whose }: Asked): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `SELECT product AS subject, 'users' AS measure, coalesce(users, 0)::bigint AS count
     FROM unnest($2::product[]) AS product LEFT JOIN (
       SELECT product, count(DISTINCT user_id) AS users FROM events
       WHERE stored_at IS NOT NULL AND title = 'banner_show'
         AND "time" > $1::timestamptz - interval '1 minute' AND "time" <= $1::timestamptz
         AND (is_robot(context) = $3 OR $3 IS NULL) AND (is_simulated(context) = $4 OR $4 IS NULL)
       GROUP BY product
     ) AS seen USING (product) ORDER BY product`,
    [now, PRODUCTS, ...whoseIs(whose)],
  );
  return rows;
}
