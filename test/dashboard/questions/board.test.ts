// When which question is asked: those that watch get slow answers of some seconds ago, those that ask once get all of them anew.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSample } from '../../../seed/sample.ts';
import { QuestionBoard, type QuestionsAnswer } from '../../../src/dashboard/questions/board.ts';
import { QUESTION_NAMES, type QuestionName } from '../../../src/dashboard/questions/questions.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { ingested } from '../../support/ingested.ts';

let pool: Pool;
let board: QuestionBoard;
beforeEach(async () => {
  ({ pool } = await migratedDatabase('Asia/Tokyo'));
  board = new QuestionBoard(pool, testLog, USUAL);
});

const order = () => ingested(pool, [anEvent({ title: 'order', target: 1, product: 'clothes' })]);
const sumOf = ({ rows }: QuestionsAnswer, name: QuestionName) =>
  rows.filter(({ question }) => question === name).reduce((sum, { count }) => sum + Number(count), 0);

/** Does something as if so many milliseconds had passed on the monotonic clock. */
async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = performance.now() + ms;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  try {
    return await work();
  } finally {
    vi.restoreAllMocks();
  }
}

describe('the board of questions', () => {
  it('the board of questions asks quick ones each time, and slow ones every five seconds', async () => {
    await board.refresh();
    await order();
    const soon = await board.refresh();
    expect([sumOf(soon, 'ordered_now'), sumOf(soon, 'orders_by_month')]).toEqual([1, 0]);
    const then = await later(5_001, () => board.refresh());
    expect([sumOf(then, 'ordered_now'), sumOf(then, 'orders_by_month')]).toEqual([1, 1]);
  });

  it('the board of questions asks all of them for who asks once, however new the answers are', async () => {
    await board.refresh();
    await order();
    const [watched, asked] = await Promise.all([board.refresh(), board.answer()]);
    expect([watched, asked].map((answer) => sumOf(answer, 'orders_by_month'))).toEqual([0, 1]);
    await order();
    expect(sumOf(await board.answer(), 'orders_by_month')).toBe(2);
  });

  it('the board of questions gives one answer to all who ask while it is being made', async () => {
    const [one, other] = [board.refresh(), board.refresh()];
    expect(other).toBe(one);
    await one;
    expect(board.refresh()).not.toBe(one);
  });

  it('the board of questions has its answers in their order, with the zone, the moment and its year', async () => {
    const began = Date.now();
    const { rows, meta } = await board.answer();
    const named = [...new Set(rows.map(({ question }) => question))];
    expect(named).toEqual(QUESTION_NAMES.filter((name) => named.includes(name)));
    expect(meta).toMatchObject({ time_zone: 'Asia/Tokyo', counting: false });
    expect(Date.parse(meta.as_of)).toBeGreaterThanOrEqual(began);
    const year = (ms: number) =>
      Number(new Intl.DateTimeFormat('en', { year: 'numeric', timeZone: 'Asia/Tokyo' }).format(ms));
    expect(meta.year).toBe(year(Date.parse(meta.as_of)));
  });

  it('the board of questions asks slow ones again at once after one has failed, and never leaves one out', async () => {
    await order();
    await pool.query('ALTER TABLE month_counts RENAME TO gone').catch(() => {});
    await pool.query('ALTER TABLE day_counts RENAME TO gone_too');
    await expect(board.refresh()).rejects.toThrow();
    await pool.query('ALTER TABLE gone_too RENAME TO day_counts');
    await pool.query('ALTER TABLE gone RENAME TO month_counts').catch(() => {});
    const { rows } = await board.refresh();
    const whole = await new QuestionBoard(pool, testLog, USUAL).answer();
    expect(rows).toEqual(whole.rows);
  });

  it('the board of questions says while it counts the people of a loaded file, and then has them at once', async () => {
    await loadSample(pool, testLog);
    const first = await board.refresh();
    expect(first.meta.counting).toBe(true);
    const counted = await eventually(async () => {
      const answer = await board.refresh();
      return !answer.meta.counting && answer;
    });
    expect(sumOf(counted, 'no_order')).toBeGreaterThan(0);
  });
});
