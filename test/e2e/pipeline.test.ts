// /pipeline and a lesson in a real browser on the whole program: a part is killed and heals before one's eyes while the ledger stays
// whole; poison messages are sent, and counted by who plays. pipeline.whole and lessons.whole have the rest of both.

import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { LESSON_MS, lessonPlayer } from './lesson-player.ts';
import { HEALS, partOf, pipeOf, WHOLE_MS } from './pipe.ts';

describe.skipIf(noBrowser !== undefined)('the pipeline', async () => {
  if (noBrowser !== undefined) return;
  const [program, browser] = await Promise.all([startProgram(await programSettings(), LINE), startBrowser()]);
  const { context, open, state, send, expectWhole } = await pipeOf(program, browser);
  const database = new pg.Client(program.databaseUrl());
  await database.connect();
  afterAll(() => database.end());

  it(
    '/pipeline heals a part that is killed by its button, and the ledger stays whole',
    async () => {
      const page = await open();
      const load = send();
      const before = await eventually(async () => partOf(await state(), 'ingest')?.pid);
      await page.getByRole('button', { name: 'Kill ingest' }).click();
      const card = page.locator('[data-part="ingest"]');
      await expect.poll(() => card.locator('[data-ends]').textContent(), HEALS).toBe('1 ×');
      const happened = page.locator('[data-happened]');
      await expect
        .poll(() => happened.textContent(), HEALS)
        .toContain('ingest has ended: it ended with SIGKILL');
      await expect.poll(() => happened.textContent(), HEALS).toContain('ingest is there again');
      expect(partOf(await state(), 'ingest')?.pid).not.toBe(before);
      const taken = await load.stop();
      expect(taken).toBeGreaterThan(0);
      await expectWhole(page, taken);
    },
    WHOLE_MS,
  );

  it(
    'a lesson about poison messages is right with the number of dead letters, and with no other',
    async () => {
      const { play, answer } = lessonPlayer(program.url, context);
      const count = async (sql: string) => Number((await database.query(sql)).rows[0]?.count);
      const before = await count('SELECT count(*) FROM dead_letters');
      const page = await play('poison-messages');
      const aside = (await count('SELECT count(*) FROM dead_letters')) - before;
      expect(aside).toBeGreaterThanOrEqual(5);
      expect(await answer(page, aside + 1)).toBe('false');
      expect(await answer(page, aside)).toBe('true');
      expect(await page.locator('.lesson-verdict').textContent()).toContain(String(aside));
    },
    LESSON_MS,
  );
});
