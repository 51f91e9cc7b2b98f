// Each question's answer beside one that is counted from the raw rows alone.

import express from 'express';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSample } from '../../../seed/sample.ts';
import { QuestionBoard, type QuestionRow } from '../../../src/dashboard/questions/board.ts';
import { countLoads, foldOutcomes } from '../../../src/dashboard/questions/outcomes.ts';
import { QUESTION_NAMES, type QuestionName } from '../../../src/dashboard/questions/questions.ts';
import { questionRoute } from '../../../src/dashboard/questions/route.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { DEVICES, type ShopEvent, TITLES } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually } from '../../support/line.ts';

const ITEMS = ['harbour-tote', 'linen-shirt', 'lane-slip-on'];
const USERS = Array.from({ length: 40 }, newId);
const of = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

/** Events of the last 90 seconds and of hours ago, by a few users who come back. */
function someEvents(count: number): ShopEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const title = of(TITLES, (n * 7) % 5);
    return anEvent({
      user_id: of(USERS, n * 13),
      product: of(PRODUCTS, (n * n) % 7),
      site_version: of(DEVICES, n % 3),
      title,
      target: title === 'order' ? 1 : 0,
      time: new Date(Date.now() - (n % 10 === 0 ? 9_000_000 : (n % 90) * 1000)).toISOString(),
      context: n % 4 === 0 ? {} : { item: of(ITEMS, n) },
    });
  });
}

const group = newId();
let stored = 0;

async function store(pool: Pool, events: readonly ShopEvent[]): Promise<void> {
  const records = events.map((event, n) => ({
    offset: BigInt(stored + n),
    timestamp: Date.now(),
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));
  const [from, to] = [stored === 0 ? undefined : BigInt(stored), BigInt(stored + events.length)];
  await storeBatch(pool, { clusterId: 'c', group, topic: 'ecommerce' }, { partition: 0, records }, from, to);
  stored += events.length;
}

/** What each question has to answer, from nothing but the events; $1 is the time it was asked at. */
const RECOUNTS: Partial<Record<QuestionName, string>> = {
  saw_ad: `SELECT product::text AS subject, 'users' AS measure, count(DISTINCT user_id) AS count FROM events
    WHERE title = 'banner_show' AND "time" > $1::timestamptz - interval '60 s' AND "time" <= $1 GROUP BY 1`,
  ordered_now: `SELECT product::text, 'orders', count(*) FROM events
    WHERE title = 'order' AND "time" >= date_trunc('minute', $1::timestamptz) - interval '59 min' GROUP BY 1`,
  devices: `SELECT site_version::text, 'users_now', count(DISTINCT user_id) FROM events
    WHERE "time" > $1::timestamptz - interval '10 min' GROUP BY 1
    UNION ALL SELECT site_version::text, 'users', count(DISTINCT (user_id, extract(year FROM "time"))) FROM events GROUP BY 1`,
  pages: `SELECT '/product/' || product || coalesce('?item=' || (context ->> 'item'), '') AS subject, 'visits', count(*)
    FROM events WHERE title = 'banner_click' AND "time" > $1::timestamptz - interval '10 min'
    GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 5`,
  targets: `SELECT product::text, 'target_1', sum(target) FROM events GROUP BY 1
    UNION ALL SELECT product::text, 'events', count(*) FROM events GROUP BY 1`,
  orders_by_month: `SELECT to_char("time", 'MM'), to_char("time", 'YYYY'), count(*) FROM events
    WHERE target = 1 GROUP BY 1, 2`,
  no_order: `SELECT 'all', 'no_order', count(*) FROM
      (SELECT FROM events GROUP BY user_id HAVING bool_or(title = 'banner_click') AND NOT bool_or(title = 'order')) AS people
    UNION ALL SELECT 'all', 'clicked', count(DISTINCT user_id) FROM events WHERE title = 'banner_click'`,
  no_order_by_category: `SELECT product::text, 'no_order', count(*) FROM (SELECT product FROM events GROUP BY user_id, product
      HAVING bool_or(title = 'banner_click') AND NOT bool_or(title = 'order')) AS people GROUP BY 1
    UNION ALL SELECT product::text, 'clicked', count(DISTINCT user_id) FROM events WHERE title = 'banner_click' GROUP BY 1`,
};

const asText = (rows: readonly { subject: unknown; measure?: unknown; count: unknown }[]) =>
  rows
    .filter((row) => Number(row.count) > 0)
    .map((row) => `${row.subject} ${row.measure} ${row.count}`)
    .sort();

async function recount(pool: Pool, name: QuestionName, asOf: string): Promise<string[]> {
  const sql = RECOUNTS[name] ?? '';
  const { rows } = await pool.query({
    text: sql,
    values: sql.includes('$1') ? [asOf] : [],
    rowMode: 'array',
  });
  return asText(rows.map(([subject, measure, count]) => ({ subject, measure, count })));
}

describe('GET /api/questions', () => {
  let pool: Pool;
  const app = express();
  const ask = (query = '') => request(app).get(`/api/questions${query}`);
  const rowsOf = (rows: readonly QuestionRow[], name: QuestionName) =>
    rows.filter((row) => row.question === name);

  beforeAll(async () => {
    pool = (await migratedDatabase()).pool;
    app.use(questionRoute(new QuestionBoard(pool, testLog)));
  });

  it('answers on an empty database with zeros', async () => {
    const { body } = await ask();
    expect(asText(body.rows)).toEqual([]);
    expect(rowsOf(body.rows, 'targets')).toHaveLength(10);
    expect(body.questions.map((one: { question: string }) => one.question)).toEqual(QUESTION_NAMES);
  });

  it('equals a recount of the raw rows, files and live events together, whenever it is asked', async () => {
    await loadSample(pool, testLog);
    for (const count of [60, 1, 500]) {
      await store(pool, someEvents(count));
      const { body } = await eventually(async () => {
        const answer = await ask();
        return answer.body.meta.counting ? undefined : answer;
      });
      for (const name of QUESTION_NAMES) {
        const answered = asText(rowsOf(body.rows, name));
        expect({ name, answered }).toEqual({ name, answered: await recount(pool, name, body.meta.as_of) });
      }
    }
  });

  it('takes in live events in slices and a file that comes later, once each', async () => {
    await pool.query('TRUNCATE live_outcomes, outcomes');
    await pool.query(`UPDATE outcomes_progress SET folded_until = '-infinity', loads = '{}'`);
    let more = true;
    while (more) more = (await pool.query('SELECT fold_live_outcomes(7) AS more')).rows[0].more;
    expect(await foldOutcomes(pool)).toBe(false);
    await Promise.all([countLoads(pool), countLoads(pool)]);
    expect(await foldOutcomes(pool)).toBe(true);
    const { body } = await ask();
    for (const name of ['no_order', 'no_order_by_category'] as const) {
      expect(asText(rowsOf(body.rows, name))).toEqual(await recount(pool, name, body.meta.as_of));
    }
  });

  it('answers one question, as CSV where that is asked for', async () => {
    const { text, headers } = await ask('?question=targets&format=csv');
    expect(headers['content-disposition']).toContain('targets.csv');
    expect(text.split('\r\n')[0]).toBe('question,subject,measure,count');
    expect(text.split('\r\n')).toHaveLength(12);
  });

  it('refuses a question that nobody asked', async () => {
    expect((await ask('?question=why')).status).toBe(400);
  });

  it('reads live rows by their index, however many were loaded', async () => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query(
      `EXPLAIN SELECT FROM events WHERE stored_at > now() - interval '1 minute' AND title = 'banner_show'`,
    );
    client.release(true);
    expect(JSON.stringify(rows)).toMatch(/stored_at_idx|events_live/);
  });
});
