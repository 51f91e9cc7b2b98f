// What each of the dashboard's questions has to answer, counted from the raw events alone.

import type { QuestionRow } from '../../src/dashboard/questions/board.ts';
import { QUESTION_NAMES, type QuestionName } from '../../src/dashboard/questions/questions.ts';
import type { Pool } from '../../src/db/pool.ts';

/** The time on the shop's clock. */
const WALL = `"time" AT TIME ZONE (SELECT shop_time_zone())`;

/** What each question has to answer, from nothing but the events; $1 is the time it was asked at. */
const RECOUNTS: Readonly<Record<QuestionName, string>> = {
  saw_ad: `SELECT product::text AS subject, 'users' AS measure, count(DISTINCT user_id) AS count FROM events
    WHERE title = 'banner_show' AND "time" > $1::timestamptz - interval '60 s' AND "time" <= $1 GROUP BY 1`,
  ordered_now: `SELECT product::text, 'orders', count(*) FROM events
    WHERE title = 'order' AND "time" >= date_trunc('minute', $1::timestamptz) - interval '59 min'
      AND "time" < date_trunc('minute', $1::timestamptz) + interval '1 min' GROUP BY 1`,
  devices: `SELECT site_version::text, 'users_now', count(DISTINCT user_id) FROM events
    WHERE "time" > $1::timestamptz - interval '10 min' AND "time" <= $1 GROUP BY 1
    UNION ALL SELECT site_version::text, 'users', count(DISTINCT (user_id, extract(year FROM ${WALL}))) FROM events GROUP BY 1`,
  pages: `SELECT '/product/' || product || coalesce('?item=' || (context ->> 'item'), '') AS subject, 'visits', count(*)
    FROM events WHERE title = 'banner_click' AND "time" > $1::timestamptz - interval '10 min' AND "time" <= $1
    GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 5`,
  targets: `SELECT product::text, 'target_1', sum(target) FROM events GROUP BY 1
    UNION ALL SELECT product::text, 'events', count(*) FROM events GROUP BY 1`,
  orders_by_month: `SELECT to_char(${WALL}, 'MM'), to_char(${WALL}, 'YYYY'), count(*) FROM events
    WHERE target = 1 AND extract(year FROM ${WALL}) IN (2019, extract(year FROM $1::timestamptz AT TIME ZONE shop_time_zone()))
    GROUP BY 1, 2`,
  no_order: `SELECT 'all', 'no_order', count(*) FROM
      (SELECT FROM events GROUP BY user_id HAVING bool_or(title = 'banner_click') AND NOT bool_or(title = 'order')) AS people
    UNION ALL SELECT 'all', 'clicked', count(DISTINCT user_id) FROM events WHERE title = 'banner_click'`,
  no_order_by_category: `SELECT product::text, 'no_order', count(*) FROM (SELECT product FROM events GROUP BY user_id, product
      HAVING bool_or(title = 'banner_click') AND NOT bool_or(title = 'order')) AS people GROUP BY 1
    UNION ALL SELECT product::text, 'clicked', count(DISTINCT user_id) FROM events WHERE title = 'banner_click' GROUP BY 1`,
};

/** The rows that count something, as sorted lines. */
export const asText = (rows: readonly { subject: unknown; measure?: unknown; count: unknown }[]) =>
  rows
    .filter((row) => Number(row.count) > 0)
    .map((row) => `${row.subject} ${row.measure} ${row.count}`)
    .sort();

/** A question's answer as sorted lines, counted from the raw rows. @param asOf when it was asked */
export async function recountAnswer(pool: Pool, name: QuestionName, asOf: string): Promise<string[]> {
  const sql = RECOUNTS[name];
  const { rows } = await pool.query({
    text: sql,
    values: sql.includes('$1') ? [asOf] : [],
    rowMode: 'array',
  });
  return asText(rows.map(([subject, measure, count]) => ({ subject, measure, count })));
}

type Answer = { readonly rows: readonly QuestionRow[]; readonly meta: { readonly as_of: string } };

/** The questions whose answer, as GET /api/questions gave it, is another than a recount of the raw events. */
export async function questionProblems(pool: Pool, { rows, meta }: Answer): Promise<string[]> {
  const problems: string[] = [];
  for (const name of QUESTION_NAMES) {
    const answered = asText(rows.filter(({ question }) => question === name));
    const counted = await recountAnswer(pool, name, meta.as_of);
    if (answered.join() !== counted.join())
      problems.push(`${name}: ${answered.join()}, not ${counted.join()}`);
  }
  return problems;
}
