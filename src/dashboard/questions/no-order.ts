// How many clicked and did not order? For which category is that most common?

import type { Pool } from '../../db/pool.ts';
import { PRODUCTS } from '../../events/products.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

/** Users who clicked any banner (`clicked`), and of them those who ordered nothing at all (`no_order`). */
export function noOrder(pool: Pool, { whose }: Pick<Asked, 'whose'>): Promise<AnswerRow[]> {
  return count(
    pool,
    whose,
    ['all'],
    `SELECT 'all' AS subject, sum(product_bit(product))::smallint AS bits FROM named`,
  );
}

/** For each category: users who clicked a banner of it, and of them those who ordered nothing of it. */
export function noOrderByCategory(pool: Pool, { whose }: Pick<Asked, 'whose'>): Promise<AnswerRow[]> {
  return count(
    pool,
    whose,
    PRODUCTS,
    'SELECT product::text AS subject, product_bit(product) AS bits FROM named',
  );
}

/** Read from sets of categories, as many rows as there are sets. As fresh as outcomes.ts has made them. */
async function count(
  pool: Pool,
  whose: Whose,
  subjects: readonly string[],
  asked: string,
): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `WITH named AS (SELECT product FROM unnest($1::product[]) AS product),
     asked AS (${asked}),
     counted AS (
       SELECT subject, sum(users) AS clicked, sum(users) FILTER (WHERE ordered & bits = 0) AS no_order
       FROM asked JOIN outcomes ON clicked & bits <> 0 AND (robot = $3 OR $3 IS NULL) AND (simulated = $4 OR $4 IS NULL) GROUP BY subject
     )
     SELECT subject, measure, count
     FROM unnest($2::text[]) WITH ORDINALITY AS subject (subject, place) LEFT JOIN counted USING (subject),
     LATERAL (VALUES ('no_order', coalesce(no_order, 0)::bigint), ('clicked', coalesce(clicked, 0)::bigint))
       AS measured (measure, count)
     ORDER BY measure DESC, place`,
    [PRODUCTS, subjects, ...whoseIs(whose)],
  );
  return rows;
}
