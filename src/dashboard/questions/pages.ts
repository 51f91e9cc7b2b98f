// Which page is visited most right now?

import type { Pool } from '../../db/pool.ts';
import { whoseIs } from '../../events/whose.ts';
import type { AnswerRow } from './answer-row.ts';
import type { Asked } from './asked.ts';

const MOST_PAGES = 5;

/**
 * The product pages opened most often in the ten minutes before `now`, most first. Opening one is a banner_click; the
 * front page leaves no event of its own. A client that names no item is counted for its category's page.
 */
export async function pagesNow(pool: Pool, { now, whose }: Asked): Promise<AnswerRow[]> {
  const { rows } = await pool.query<AnswerRow>(
    `SELECT '/product/' || product || coalesce('?item=' || (context ->> 'item'), '') AS subject, 'visits' AS measure,
       count(*) AS count
     FROM events
     WHERE stored_at IS NOT NULL AND title = 'banner_click'
       AND "time" > $1::timestamptz - interval '10 minutes' AND "time" <= $1::timestamptz
       AND (is_robot(context) = $3 OR $3 IS NULL) AND (is_simulated(context) = $4 OR $4 IS NULL)
     GROUP BY 1 ORDER BY count DESC, subject LIMIT $2`,
    [now, MOST_PAGES, ...whoseIs(whose)],
  );
  return rows;
}
