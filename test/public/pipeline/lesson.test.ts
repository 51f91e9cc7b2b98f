// A lesson's page and the quiz in a browser; e2e/lessons.whole plays them on a whole program.

import { afterEach, describe, expect, it } from 'vitest';
import { readLessons } from '../../../src/lessons/lesson.ts';
import type { RunAnswer } from '../../../src/lessons/run-answer.ts';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../../support/browser.ts';
import { scriptedShop } from '../scripted-shop.ts';
import { view } from '../view.ts';
import { state, WHOLE } from './state.ts';

const lessons = readLessons();
const [lesson] = lessons;
const IDLE: RunAnswer = { state: 'idle', seconds: 0, lasts: 30, failure: null, facts: [] };

describe.skipIf(noBrowser !== undefined)('the page of a lesson', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));
  const stream = shop.stream('/api/pipeline/stream');
  stream.greeting = [['pipeline', state()]];

  it('the page of a lesson follows its run: what it says, how far it is, its facts, and whether it can be answered', async () => {
    const name = lesson?.name ?? '';
    let run: RunAnswer = IDLE;
    let status = 200;
    shop.answers.set(`/api/lessons/${name}`, () => ({ status, body: run }));
    const given = { lessons, lesson, mayAct: true, canBreak: true, verdict: null, given: '', run };
    shop.pages.set('/lesson', await view('lesson', given));
    const page = await openPage(context);
    await page.goto(`${shop.url}/lesson`);
    const words = page.locator('[data-run-words]');
    const [progress, answer] = [page.locator('[data-progress]'), page.locator('[data-answer]')];
    const says = (text: string) => expect.poll(() => words.textContent()).toBe(text);
    await page.locator('[data-ledger-line]', { hasText: '1,000 acknowledged = 980 stored' }).waitFor();
    expect(await progress.isVisible()).toBe(false);
    run = {
      ...IDLE,
      state: 'running',
      seconds: 12,
      facts: [
        { name: 'Events', value: '40', href: null },
        { name: 'The last one', value: 'abc', href: '/events/abc' },
      ],
    };
    await says('Running, 18 s to go.');
    expect(await words.getAttribute('data-run-state')).toBe('running');
    expect(await progress.getAttribute('value')).toBe('12');
    expect(await progress.isVisible()).toBe(true);
    expect(await page.locator('[data-facts] > div').allTextContents()).toEqual([
      'Events40',
      'The last oneabc',
    ]);
    expect(await page.locator('[data-facts] a').getAttribute('href')).toBe('/events/abc');
    expect(await answer.isDisabled()).toBe(true);
    // The link that somebody is about to open stays the same element while the facts are the same.
    await page.locator('[data-facts] a').focus();
    run = { ...run, seconds: 31 };
    const spoken = page.locator('[data-run-spoken]');
    expect(await spoken.textContent()).toBe('Running.');
    await says('The pipe catches up …');
    expect(await spoken.textContent()).toBe('The pipe catches up …');
    expect(await progress.getAttribute('value')).toBe('30');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('abc');
    // An error is no run, whatever is in it.
    const before = run;
    status = 503;
    run = { ...IDLE, state: 'failed', failure: 'the shop is busy' };
    const asked = shop.asked.length;
    await expect.poll(() => shop.asked.length).toBeGreaterThan(asked + 1);
    expect(await words.textContent()).toBe('The pipe catches up …');
    run = before;
    status = 200;
    run = { ...run, state: 'over' };
    await says('Over. Answer below.');
    expect(await answer.isEnabled()).toBe(true);
    expect(await page.locator('[data-not-yet]').isVisible()).toBe(false);
    stream.tell('pipeline', state({ ledger: null }));
    stream.tell('pipeline', state({ ledger: { ...WHOLE, acknowledged: 1_002, on_the_way: 2 } }));
    await page.locator('[data-ledger-line]', { hasText: '2 on the way' }).waitFor();
  });

  it('the quiz adds up the points of its rounds in a tab, and starts anew in another', async () => {
    const quiz = (points: number | null) =>
      view('quiz', {
        mayAct: true,
        state: 'idle',
        broken: [],
        reveal:
          points === null
            ? null
            : { points, what_right: true, when_right: false, since: null, words: 'Kafka is cut' },
      });
    shop.pages.set('/quiz', await quiz(null));
    for (const points of [2, 3]) shop.pages.set(`/quiz/${points}`, await quiz(points));
    const page = await context.newPage();
    const score = (of = page) => of.locator('[data-score]').textContent();
    const at = async (path: string) => {
      await page.goto(shop.url + path);
      await page.locator('.pipe-svg').waitFor();
      return score();
    };
    expect(await at('/quiz')).toBe('');
    expect([await at('/quiz/2'), await at('/quiz/3'), await at('/quiz')]).toEqual([
      '2 of 3 points so far.',
      '5 of 6 points so far.',
      '5 of 6 points so far.',
    ]);
    await page.evaluate('sessionStorage.setItem("quiz-score", "null")');
    expect(await at('/quiz/2')).toBe('2 of 3 points so far.');
    const other = await context.newPage();
    await other.addInitScript(
      `Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })`,
    );
    await other.goto(`${shop.url}/quiz/3`);
    await expect.poll(() => score(other)).toBe('3 of 3 points so far.');
  });
});
