import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openView } from './in-page.ts';

/** The list as the server drew it, with counts by code and the number of its newest message. */
const model = (counts: Readonly<Record<string, number>>, newest: number, changes: object = {}) => ({
  ...{ state: 'open', code: undefined, counts, older: null, isFirst: true, command: 'kcat …' },
  total: Object.values(counts).reduce((sum, count) => sum + count, 0),
  letters: Array.from({ length: newest === 0 ? 0 : 1 }, () => ({
    ...{
      id: newest,
      state: 'open',
      code: 'not_json',
      topic: 't',
      partition: 0,
      offset: '1',
      bytes: 3,
      isText: true,
    },
    rejected_at: '2026-03-02T11:00:00.000Z',
    reason: { pieces: [{ text: 'no JSON' }] },
    payload: { pieces: [] },
  })),
  ...changes,
});

type Answer = { readonly counts: Readonly<Record<string, number>>; readonly newest?: number };

describe.skipIf(noBrowser !== undefined)('the list of rejected messages', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  /** The list, and what is true by now: `now` is asked for at once, and again whenever the stream tells of a change. */
  async function open(shown: object, address: string, now: Answer) {
    const faults: string[] = [];
    const asked: string[] = [];
    const waiting: Route[] = [];
    let answer: Answer | 'away' = now;
    const page = await openView(context, 'dead-letters', shown, address, async (its) => {
      its.on('pageerror', ({ message }) => faults.push(message));
      await its.addInitScript('delete window.SharedWorker');
      await its.route('**/api/live', (route) => waiting.push(route));
      await its.route('**/api/dead-letters?*', (route) => {
        asked.push(new URL(route.request().url()).search);
        if (answer === 'away') return route.abort();
        const { counts, newest } = answer;
        return route.fulfill({ json: { counts, rows: newest === undefined ? [] : [{ id: newest }] } });
      });
    });
    await expect.poll(() => asked.length).toBe(1);
    /** @param events of the stream, which ends after them */
    const change = async (next: Answer | 'away', events = 'event: changed\ndata: {"charts":[]}\n\n') => {
      answer = next;
      await expect.poll(() => waiting.length).toBe(1);
      const body = `retry: 20\n\n${events}`;
      await waiting.pop()?.fulfill({ contentType: 'text/event-stream', body });
    };
    return { page, asked, faults, change, notice: page.locator('[data-new]') };
  }
  const LIST = '/events/rejected';

  it('counts are kept true, and what is new is told beside the list, which stays', async () => {
    const { page, change, notice, asked } = await open(model({ not_json: 1, empty: 0 }, 7), LIST, {
      counts: { not_json: 1, empty: 0 },
      newest: 7,
    });
    expect(asked).toEqual(['?state=open&limit=1']);
    await change({ counts: { not_json: 1, empty: 2 }, newest: 9 });
    await notice.getByText('2 new. Show').waitFor();
    expect(await page.locator('[data-count]').allTextContents()).toEqual(['3', '1', '2']);
    expect(await page.locator('.dead-letter').count()).toBe(1);
    expect(await notice.locator('a').getAttribute('href')).toBe(`http://localhost${LIST}`);
  });

  it('what came before the list was looked at first is new without a number', async () => {
    const { notice } = await open(model({ not_json: 1 }, 7), LIST, { counts: { not_json: 1200 }, newest: 8 });
    await notice.getByText('There are new ones. Show').waitFor();
  });

  it('on a list of one reason only that one’s are new', async () => {
    const address = `${LIST}?state=resent&code=not_json`;
    const { asked, change, notice } = await open(
      model({ not_json: 1, empty: 1 }, 7, { state: 'resent', code: 'not_json' }),
      address,
      { counts: { not_json: 1, empty: 1 }, newest: 7 },
    );
    expect(asked).toEqual(['?state=resent&code=not_json&limit=1']);
    await change({ counts: { not_json: 2, empty: 9 }, newest: 20 });
    await notice.getByText('1 new. Show').waitFor();
  });

  it('nothing is new where some have gone, nor on an older page', async () => {
    const { page, change, notice } = await open(model({ not_json: 2 }, 7), LIST, {
      counts: { not_json: 2 },
      newest: 7,
    });
    await change({ counts: { not_json: 1 }, newest: 7 });
    await page.locator('[data-count="not_json"]', { hasText: '1' }).waitFor();
    expect(await notice.textContent()).toBe('');
    const older = await open(model({ not_json: 2 }, 7, { isFirst: false }), `${LIST}?before=8`, {
      counts: { not_json: 5 },
      newest: 12,
    });
    await older.page.locator('[data-count="not_json"]', { hasText: '5' }).waitFor();
    expect(await older.notice.textContent()).toBe('');
  });

  it('the first message of an empty list is new', async () => {
    const { change, notice } = await open(model({}, 0), LIST, { counts: {} });
    await change({ counts: { empty: 1 }, newest: 1 });
    await notice.getByText('1 new. Show').waitFor();
  });

  it('after a gap of the connection the list is looked at again, as nobody told of changes', async () => {
    const { change, notice } = await open(model({ not_json: 1 }, 7), LIST, {
      counts: { not_json: 1 },
      newest: 7,
    });
    await change({ counts: { not_json: 1 }, newest: 7 }, '');
    await change({ counts: { not_json: 4 }, newest: 9 }, '');
    await notice.getByText('3 new. Show').waitFor();
  });

  it('a shop that is away for a while leaves the list as it is, and is asked again', async () => {
    const { asked, change, faults, notice } = await open(model({ not_json: 1 }, 7), LIST, {
      counts: { not_json: 1 },
      newest: 7,
    });
    await change('away');
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    await change({ counts: { not_json: 2 }, newest: 8 });
    await notice.getByText('1 new. Show').waitFor();
    expect(faults).toEqual([]);
  });
});
