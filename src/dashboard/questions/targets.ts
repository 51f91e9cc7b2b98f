// All five categories against target 1.

import type { Pool } from '../../db/pool.ts';
import { PRODUCTS } from '../../events/products.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

/** Events with target 1, which are the orders, and all events, of every category and of all time. */
export async function targets(pool: Pool, { whose }: Pick<Asked, 'whose'>): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `WITH counted AS (
       SELECT product, sum(count) FILTER (WHERE title = 'order') AS target_1, sum(count) AS events
       FROM day_counts WHERE (robot = $2 OR $2 IS NULL) AND (simulated = $3 OR $3 IS NULL) GROUP BY product
     )
     SELECT product AS subject, measure, count
     FROM unnest($1::product[]) AS product LEFT JOIN counted USING (product),
     LATERAL (VALUES ('target_1', coalesce(target_1, 0)::bigint), ('events', coalesce(events, 0)::bigint))
       AS measured (measure, count)
     ORDER BY measure DESC, product`,
    [PRODUCTS, ...whoseIs(whose)],
  );
  return rows;
}
