// /pipeline in a browser, with states that a running program comes to rarely; e2e/pipeline has the way from a button to the part.

import { afterEach, describe, expect, it } from 'vitest';
import type { PipelineState } from '../../../src/pipeline/state.ts';
import { unknownSwitch } from '../../../src/simulator/control/switch-model.ts';
import { closePages, noBrowser, openPage, STILL, startBrowser } from '../../support/browser.ts';
import { type Asked, scriptedShop } from '../scripted-shop.ts';
import { view } from '../view.ts';
import { follower, part, partition, state, WHOLE } from './state.ts';

const LIMITS = { least: 1, most: 300, usual: 30 };

describe.skipIf(noBrowser !== undefined)('the page of the pipe', async () => {
  if (noBrowser !== undefined) return;
  const [shop, browser] = await Promise.all([scriptedShop(), startBrowser()]);
  const context = await browser.newContext(STILL);
  afterEach(() => closePages(browser));
  const stream = shop.stream('/api/pipeline/stream');
  const tell = (now: PipelineState) => stream.tell('pipeline', now);

  /** @param first what the page is made of, and told by the stream; null: the stream is silent */
  async function open(first = state(), told: PipelineState | null = first) {
    shop.pages.set(
      '/pipeline',
      await view('pipeline', {
        state: first,
        crowd: unknownSwitch(),
        mayAct: true,
        hasControl: true,
        limits: { slow: LIMITS, pause: LIMITS, fault: LIMITS },
      }),
    );
    shop.answers.set('/api/pipeline', () => ({ status: 503, body: { error: { message: 'away' } } }));
    stream.greeting = told === null ? [] : [['pipeline', told]];
    const page = await openPage(context);
    await page.goto(`${shop.url}/pipeline`);
    await page.locator('[data-connection]', { hasText: 'Live' }).waitFor();
    const text = (selector: string) => page.locator(selector).textContent();
    return { page, text };
  }

  it('figures, tables and parts are those of the state that was told last', async () => {
    const { page, text } = await open();
    const { kafka, outbox, followers } = state();
    tell(
      state({
        outbox: { ...outbox, waiting: 1_234 },
        kafka: { ...kafka, partitions: [partition(0, { lag: 5, member: null })] },
        followers: { ...followers, groups: [follower('sessions', 3), follower('offers')] },
      }),
    );
    await expect.poll(() => text('[data-field="outbox.waiting"]')).toBe('1,234');
    expect(await text('[data-field="outbox.bytes"]')).toBe('2 kB');
    expect(await page.locator('[data-partitions] tr').allTextContents()).toEqual(['001,0001,0005nobody']);
    expect(await page.locator('[data-followers] th').allTextContents()).toEqual(['sessions', 'offers']);
    expect(await page.locator('[data-followers] th[scope="row"]').count()).toBe(2);
    const card = page.locator('[data-part="ingest"]');
    expect((await card.locator('dd').allTextContents()).map((said) => said.trim())).toEqual([
      '4711',
      '60 min',
      '64 MB',
      '0 ×',
    ]);
  });

  it('a refused answer to the first question is no state: those that the stream tells are shown', async () => {
    const { text } = await open(state(), null);
    await expect.poll(() => shop.asked.some(({ path }) => path === '/api/pipeline')).toBe(true);
    tell(state({ outbox: { ...state().outbox, waiting: 77 } }));
    await expect.poll(() => text('[data-field="outbox.waiting"]')).toBe('77');
  });

  it('the ledger says how many records are missing, and hides the terms and pieces that are nothing', async () => {
    const { page, text } = await open();
    const absent = page.locator('[data-term="absent"]');
    await expect.poll(() => text('[data-verdict]')).toContain('Whole');
    expect(await absent.isVisible()).toBe(false);
    tell(state({ ledger: { ...WHOLE, absent: 4, whole: false, missing: 2 } }));
    await expect.poll(() => text('[data-verdict]')).toBe('2 records are missing.');
    expect(await page.locator('[data-ledger]').getAttribute('data-whole')).toBe('false');
    expect(await absent.isVisible()).toBe(true);
    expect(await page.locator('[data-ledger-bar] > :not([hidden])').count()).toBe(3);
    tell(state({ ledger: null }));
    await expect.poll(() => text('[data-verdict]')).toContain('Not known');
    expect(await page.locator('[data-ledger]').getAttribute('data-whole')).toBe('');
  });

  it('a part that comes while the page is open gets a card of its own, with its buttons; one that has no card gets none', async () => {
    const { page } = await open();
    tell(state({ parts: [...state().parts, part('simulator'), part('unheard-of')] }));
    await page.locator('[data-part="simulator"] [data-pid]', { hasText: '4711' }).waitFor();
    expect(await page.locator('[data-parts] > li').count()).toBe(6);
    expect(await page.getByRole('button', { name: 'Kill simulator' }).isVisible()).toBe(true);
  });

  it('the button that pauses a part gives its place to the one that lets it go on, and the keyboard’s focus', async () => {
    const { page } = await open();
    const [pause, resume] = [
      page.getByRole('button', { name: 'Pause ingest for' }),
      page.getByRole('button', { name: 'Let ingest go on' }),
    ];
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    const withIngest = (changes: object) =>
      tell(state({ parts: [part('ingest', changes), part('broker', changes)] }));
    await pause.focus();
    const { at } = state();
    withIngest({ state: 'paused', paused_until: new Date(Date.parse(at) + 8_000).toISOString() });
    await resume.waitFor();
    expect(await pause.isVisible()).toBe(false);
    expect(await focused()).toBe('Let ingest go on');
    expect(await page.locator('[data-part="ingest"] [data-state-words]').textContent()).toBe(
      'paused, 8 s left',
    );
    withIngest({});
    await pause.waitFor();
    expect(await resume.isVisible()).toBe(false);
    expect(await focused()).toBe('Pause ingest for 30 seconds');
  });

  it('a form acts by the API without leaving the page, and the page says why it was refused', async () => {
    const { page, text } = await open();
    const acts: Asked[] = [];
    let status = 202;
    shop.answers.set('/api/pipeline/parts/ingest/kill', (asked) => {
      acts.push(asked);
      return {
        status,
        body: { error: { message: 'ingest has no process now', expected: 'a part that runs' } },
      };
    });
    const kill = page.getByRole('button', { name: 'Kill ingest' });
    await kill.click();
    await expect.poll(() => acts).toMatchObject([{ method: 'POST', body: '{}' }]);
    expect(await page.locator('[data-refused]').isVisible()).toBe(false);
    status = 409;
    await kill.click();
    await page.locator('[data-refused]').waitFor();
    expect(await text('[data-refused]')).toBe(
      'Not done: ingest has no process now; expected a part that runs.',
    );
    const faults: Asked[] = [];
    shop.answers.set('/api/pipeline/faults', (asked) => {
      faults.push(asked);
      return { status: 202, body: {} };
    });
    const form = page.getByRole('form', { name: 'Disturb connections' });
    await form.getByLabel('To').selectOption('postgres');
    await form.getByRole('button').click();
    await expect.poll(() => faults.length).toBe(1);
    expect(JSON.parse(faults[0]?.body ?? '')).toEqual({
      target: 'postgres',
      kind: 'slow',
      ms: '30',
      seconds: '30',
    });
    expect(page.url()).toBe(`${shop.url}/pipeline`);
  });

  it('what happened is listed newest first, forty lines at most, and said to a screen reader', async () => {
    const { page, text } = await open();
    const lines = page.locator('[data-happened] li');
    expect(await lines.count()).toBe(0);
    for (let ends = 1; ends <= 45; ends += 1)
      tell(state({ parts: [part('ingest', { ends, last_end: `it ended for the ${ends}th time` })] }));
    await expect.poll(() => text('[data-said]')).toBe('ingest has ended: it ended for the 45th time');
    expect(await lines.count()).toBe(40);
    expect(await lines.first().textContent()).toMatch(/^\d\d:\d\d:\d\d ingest has ended: .* the 45th time$/);
    expect(await page.locator('[data-nothing]').isVisible()).toBe(false);
  });

  it('faults that run have a line each, and the page says that there is none', async () => {
    const { page } = await open();
    const { at } = state();
    const until = new Date(Date.parse(at) + 10_000).toISOString();
    const [slow, cut] = [
      { target: 'kafka', kind: 'slow', ms: 400, until },
      { target: 'postgres', kind: 'cut', ms: null, until },
    ] as const;
    const lines = () => page.locator('[data-faults] li').allTextContents();
    const none = page.locator('[data-no-faults]');
    expect(await none.isVisible()).toBe(true);
    tell(state({ faults: [slow, cut] }));
    await expect.poll(lines).toHaveLength(2);
    expect(await none.isVisible()).toBe(false);
    tell(state({ faults: [cut] }));
    await expect.poll(lines).toEqual(['postgres: cut, 10 s to go']);
    tell(state());
    await none.waitFor();
    expect(await lines()).toEqual([]);
  });

  it('a lost connection is said, and the next one is live again', async () => {
    const { page } = await open();
    const connection = page.locator('[data-connection]');
    stream.isAway = true;
    stream.drop();
    await connection.getByText('Connection lost, coming back').waitFor();
    expect(await connection.getAttribute('data-state')).toBe('lost');
    stream.isAway = false;
    await connection.getByText('Live').waitFor();
  });
});
