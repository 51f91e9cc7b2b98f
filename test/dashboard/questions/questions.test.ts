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
import { eventually } from '../../support/eventually.ts';
import { asText, recountAnswer } from '../../support/recount-questions.ts';

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

describe('GET /api/questions', () => {
  let pool: Pool;
  const app = express();
  const ask = (query = '') => request(app).get(`/api/questions${query}`);
  const rowsOf = (rows: readonly QuestionRow[], name: QuestionName) =>
    rows.filter((row) => row.question === name);

  beforeAll(async () => {
    pool = (await migratedDatabase()).pool;
    app.use(questionRoute((robots) => new QuestionBoard(pool, testLog, robots)));
  });

  it('questions are answered on an empty database with zeros', async () => {
    const { body } = await ask();
    expect(asText(body.rows)).toEqual([]);
    expect(rowsOf(body.rows, 'targets')).toHaveLength(10);
    expect(body.questions.map((one: { question: string }) => one.question)).toEqual(QUESTION_NAMES);
  });

  it('the answers equal a recount of the raw rows, files and live events together, whenever they are asked', async () => {
    await loadSample(pool, testLog);
    for (const count of [60, 1, 500]) {
      await store(pool, someEvents(count));
      const { body } = await eventually(async () => {
        const answer = await ask();
        return answer.body.meta.counting ? undefined : answer;
      });
      for (const name of QUESTION_NAMES) {
        const answered = asText(rowsOf(body.rows, name));
        expect({ name, answered }).toEqual({
          name,
          answered: await recountAnswer(pool, name, body.meta.as_of),
        });
      }
    }
  });

  it('the answers take in live events in slices and a file that comes later, once each', async () => {
    await pool.query('TRUNCATE live_outcomes, outcomes');
    await pool.query(`UPDATE outcomes_progress SET folded_until = '0', loads = '{}'`);
    let more = true;
    while (more) more = (await pool.query('SELECT fold_live_outcomes(7) AS more')).rows[0].more;
    expect(await foldOutcomes(pool)).toBe(false);
    await Promise.all([countLoads(pool), countLoads(pool)]);
    expect(await foldOutcomes(pool)).toBe(true);
    const { body } = await ask();
    for (const name of ['no_order', 'no_order_by_category'] as const) {
      expect(asText(rowsOf(body.rows, name))).toEqual(await recountAnswer(pool, name, body.meta.as_of));
    }
  });

  it('one question is answered alone, as CSV where that is asked for', async () => {
    const { text, headers } = await ask('?question=targets&format=csv');
    expect(headers['content-disposition']).toContain('targets.csv');
    expect(text.split('\r\n')[0]).toBe('question,subject,measure,count');
    expect(text.split('\r\n')).toHaveLength(12);
  });

  it('a question that there is not is refused', async () => {
    expect((await ask('?question=why')).status).toBe(400);
  });

  it('questions read live rows by their index, however many were loaded', async () => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query(
      `EXPLAIN SELECT FROM events WHERE stored_at IS NOT NULL AND "time" > now() - interval '1 minute' AND title = 'banner_show'`,
    );
    client.release(true);
    expect(JSON.stringify(rows)).toMatch(/time_idx|events_live/);
  });
});
