// Lessons in a real browser on the whole program: read, started, watched, answered; the answer is what Postgres and the broker say
// then, which this test finds out for itself.

import pg from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { PipelineState } from '../../src/pipeline/state.ts';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../support/browser.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';

const PLAYED = { timeout: 200_000 };
/** A lesson is played, judged, and may be judged again by a process that has to start first. */
const WHOLE_MS = 500_000;

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

  /** Opens a lesson, presses start and waits until it is over. */
  async function play(name: string): Promise<Page> {
    const page = await openPage(context);
    await page.goto(`${program.url}/lessons`);
    await page.locator(`a[href="/lessons/${name}"]`).click();
    expect(await page.locator('[data-answer]').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('[data-run-state="over"]').waitFor(PLAYED);
    return page;
  }
  /** Presses a form's button, and waits for the page that it leads to: the one before may look alike. */
  async function submit(page: Page, name: string): Promise<void> {
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name }).click();
    await loaded;
  }
  async function answer(page: Page, given: number): Promise<string | null> {
    await page.locator('input[name="answer"]').fill(String(given));
    await submit(page, 'Answer');
    return page.locator('.lesson-verdict').getAttribute('data-right');
  }
  const get = async <T>(path: string) => (await (await fetch(program.url + path)).json()) as T;
  const count = async (sql: string) => Number((await database.query(sql)).rows[0]?.count);

  it(
    'about poison messages is right with the number of dead letters, and with no other',
    async () => {
      const before = await count('SELECT count(*) FROM dead_letters');
      const page = await play('poison-messages');
      const aside = (await count('SELECT count(*) FROM dead_letters')) - before;
      expect(aside).toBeGreaterThanOrEqual(5);
      expect(await answer(page, aside + 1)).toBe('false');
      expect(await answer(page, aside)).toBe('true');
      expect(await page.locator('.lesson-verdict').textContent()).toContain(String(aside));

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
      const judged = await post('/api/lessons/poison-messages/answer', { answer: String(aside) });
      expect(await judged.json()).toMatchObject({ right: true });
    },
    WHOLE_MS,
  );

  it(
    'about sessions is right with what the follower has found',
    async () => {
      const page = await play('sessions');
      const href = await page.locator('[data-facts] a').first().getAttribute('href');
      const { event } = await get<{ event: { user_id: string } }>(`/api${href}`);
      const times = await page.locator('[data-facts] dd').count();
      const query = `SELECT count(*) FROM sessions WHERE user_id = '${event.user_id}'`;
      const events = `SELECT coalesce(sum(events), 0) AS count FROM sessions WHERE user_id = '${event.user_id}'`;
      await expect.poll(() => count(events), PLAYED).toBe(times);
      expect(await answer(page, await count(query))).toBe('true');
    },
    WHOLE_MS,
  );

  it(
    'about groups asks the broker who has no partition',
    async () => {
      const page = await play('consumer-groups');
      const idle = page.locator('[data-facts] dd', { hasText: 'nothing yet' });
      await expect.poll(() => idle.count(), PLAYED).toBe(1);
      expect(await answer(page, 1)).toBe('true');
    },
    WHOLE_MS,
  );

  it(
    'about delivery is right where the ledger is whole, after ingest was killed twice',
    async () => {
      const page = await play('delivery-guarantees');
      const { parts } = await get<PipelineState>('/api/pipeline');
      expect(parts.find(({ part }) => part === 'ingest')?.ends).toBe(2);
      await page.getByLabel('Each is there once').check();
      await page.getByRole('button', { name: 'Answer' }).click();
      expect(await page.locator('.lesson-verdict').getAttribute('data-right')).toBe('true');
    },
    WHOLE_MS,
  );

  it('is refused to who has not played it', async () => {
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
