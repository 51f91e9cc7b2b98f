// Lessons in a real browser on the whole program: read, started, watched, answered; the answer is what Postgres and the broker say
// then, which this test finds out for itself.

import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { PipelineState } from '../../src/pipeline/state.ts';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../support/browser.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { LESSON_MS, lessonPlayer, PLAYED } from './lesson-player.ts';

describe.skipIf(noBrowser !== undefined)('a lesson', async () => {
  if (noBrowser !== undefined) return;
  const [program, browser] = await Promise.all([
    startProgram(await programSettings(), [...LINE, 'live']),
    startBrowser(),
  ]);
  const database = new pg.Client(program.databaseUrl());
  await database.connect();
  afterAll(() => database.end());
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));
  const { play, submit, answer } = lessonPlayer(program.url, context);
  const get = async <T>(path: string) => (await (await fetch(program.url + path)).json()) as T;
  const count = async (sql: string) => Number((await database.query(sql)).rows[0]?.count);

  it(
    'a lesson about sessions is right with what the follower has found, also where another process of the web part judges',
    async () => {
      const page = await play('sessions');
      const href = await page.locator('[data-facts] a').first().getAttribute('href');
      const { event } = await get<{ event: { user_id: string } }>(`/api${href}`);
      const times = await page.locator('[data-facts] dd').count();
      const query = `SELECT count(*) FROM sessions WHERE user_id = '${event.user_id}'`;
      const events = `SELECT coalesce(sum(events), 0) AS count FROM sessions WHERE user_id = '${event.user_id}'`;
      await expect.poll(() => count(events), PLAYED).toBe(times);
      const found = await count(query);
      expect(await answer(page, found)).toBe('true');

      // Another process of the web part can judge it, too.
      const post = (path: string, body: object) =>
        fetch(program.url + path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        });
      const { parts } = await get<PipelineState>('/api/pipeline');
      const killed = parts.find(({ part }) => part === 'web')?.pid;
      await post('/api/pipeline/parts/web/kill', {});
      await expect
        .poll(async () => {
          const now = await get<PipelineState>('/api/pipeline').catch(() => undefined);
          return now?.parts.find(({ part }) => part === 'web')?.pid ?? killed;
        }, PLAYED)
        .not.toBe(killed);
      const judged = await post('/api/lessons/sessions/answer', { answer: String(found) });
      expect(await judged.json()).toMatchObject({ right: true });
    },
    LESSON_MS,
  );

  it(
    'a lesson about groups asks the broker who has no partition',
    async () => {
      const page = await play('consumer-groups');
      const idle = page.locator('[data-facts] dd', { hasText: 'nothing yet' });
      await expect.poll(() => idle.count(), PLAYED).toBe(1);
      expect(await answer(page, 1)).toBe('true');
    },
    LESSON_MS,
  );

  it(
    'a lesson about delivery is right where the ledger is whole, after ingest was killed twice',
    async () => {
      const page = await play('delivery-guarantees');
      const { parts } = await get<PipelineState>('/api/pipeline');
      expect(parts.find(({ part }) => part === 'ingest')?.ends).toBe(2);
      await page.getByLabel('Each is there once').check();
      await page.getByRole('button', { name: 'Answer' }).click();
      expect(await page.locator('.lesson-verdict').getAttribute('data-right')).toBe('true');
    },
    LESSON_MS,
  );

  it('an answer is refused to who has not played the lesson', async () => {
    const init = { method: 'POST', body: '{"answer":"1"}', headers: { 'Content-Type': 'application/json' } };
    const response = await fetch(`${program.url}/api/lessons/duplicates/answer`, init);
    expect(response.status).toBe(409);
  });

  it('the quiz hides what is broken, and gives points for finding it', async () => {
    const page = await openPage(context);
    await page.goto(`${program.url}/lessons/quiz`);
    await submit(page, 'Start a round');
    const quiz = await get('/api/quiz');
    expect(quiz).toEqual({ state: 'running', failure: null });
    expect((await get<PipelineState>('/api/pipeline')).faults).toEqual([]);
    await page.getByLabel('What is it').selectOption('malformed');
    await page.getByRole('button', { name: 'That is it' }).click();
    const points = await page.locator('.lesson-verdict').getAttribute('data-points');
    expect(['0', '1', '2', '3']).toContain(points);
    expect(await get('/api/quiz')).toMatchObject({ state: 'idle' });
  });
});
