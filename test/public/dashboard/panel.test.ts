// The states of a panel that the tests of the whole dashboard do not come to.

import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith, partial } from '../in-page.ts';

const MODEL = {
  id: 'numbers',
  level: 2,
  title: 'Numbers',
  unit: 'Number',
  wide: false,
  api: '/api/numbers?',
};
const SCRIPT = `
  import { Panel } from '/js/dashboard/panel.js';
  window.panel = new Panel('numbers', {
    isEmpty: ({ rows }) => rows.length === 0,
    empty: () => ['Nothing yet', 'It comes by', 'npm run seed'],
    reading: ({ rows }) => 'The first is ' + rows[0].name + '.',
    columns: [['Name', (row) => row.name], ['Count', (row) => String(row.count)]],
  });`;

const answer = (count: number, name: string) => ({
  rows: Array.from({ length: count }, (_, at) => ({ name: `${name} ${at}`, count: at })),
  meta: { as_of: '2026-03-01T12:00:00.000Z', total: 12_345 },
});

describe.skipIf(noBrowser !== undefined)('a panel of the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  const panel = await partial('panel', MODEL);
  const open = async (answers: Readonly<Record<string, (route: Route) => unknown>>) => {
    const page = await openWith(context, panel, SCRIPT);
    await page.route('**/api/**', (route) => answers[new URL(route.request().url()).pathname]?.(route));
    await page.waitForFunction('window.panel !== undefined');
    const load = (path: string) => page.evaluate(`void window.panel.load('${path}')`);
    return { page, load, text: (part: string) => page.locator(`[data-${part}]`).textContent() };
  };

  it('a panel that can not be brought up to date keeps what it shows, and says so', async () => {
    let isAway = false;
    const { page, load, text } = await open({
      '/api/numbers': (route) =>
        isAway
          ? route.fulfill({ status: 503, json: { error: { message: 'Postgres is away' } } })
          : route.fulfill({ json: answer(2, 'row') }),
    });
    await load('/api/numbers');
    await page.locator('#numbers[data-state="ready"]').waitFor();
    expect((await text('facts'))?.trim()).toBe('· 2 rows · 12.3 K events in all · as of 13:00:00');
    isAway = true;
    await load('/api/numbers');
    await page.locator('[data-facts]', { hasText: 'could not be brought up to date' }).waitFor();
    expect(await page.locator('#numbers').getAttribute('data-state')).toBe('ready');
    expect(await text('reading')).toBe('The first is row 0.');
  });

  it('a newer load of a panel overtakes an older one whose answer has not come', async () => {
    const held: Route[] = [];
    const { page, load, text } = await open({
      '/api/slow': (route) => held.push(route),
      '/api/fast': (route) => route.fulfill({ json: answer(1, 'fast') }),
    });
    const given = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/slow'));
    await load('/api/slow');
    await expect.poll(() => held.length).toBe(1);
    await load('/api/fast');
    await given;
    await page.locator('#numbers[data-state="ready"]').waitFor();
    expect(await text('reading')).toBe('The first is fast 0.');
    expect(await page.locator('[data-format="csv"]').getAttribute('href')).toContain('/api/fast?format=csv');
  });

  it.each<[string, (route: Route) => unknown, string]>([
    ['can not be reached', (route) => route.abort(), 'The server can not be reached.'],
    [
      'answers with a page of its own',
      (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
      'The server said nothing more.',
    ],
    [
      'answers with half an answer',
      (route) => route.fulfill({ body: '{"rows":[' }),
      'The server said nothing more.',
    ],
  ])('a server that %s is told in words', async (_, answer, words) => {
    const { page, load, text } = await open({ '/api/numbers': answer });
    await load('/api/numbers');
    await page.locator('#numbers[data-state="failed"]').waitFor();
    expect(await text('message')).toContain(words);
  });

  it('the table of a panel has the first 500 rows, and says how many there are', async () => {
    const { page, load } = await open({
      '/api/numbers': (route) => route.fulfill({ json: answer(501, 'row') }),
    });
    await load('/api/numbers');
    await page.locator('#numbers[data-state="ready"]').waitFor();
    await page.getByRole('button', { name: 'Table' }).click();
    expect(await page.locator('[data-table] tbody tr').count()).toBe(500);
    expect(await page.locator('[data-table] caption').textContent()).toBe(
      'The first 500 of 501 rows; CSV and JSON have them all.',
    );
    expect(
      await page.locator('[data-table] tbody tr').first().locator('[scope="row"] + td').textContent(),
    ).toBe('0');
  });

  it('an empty panel says how to fill it, and what the API says of a wrong request is one sentence', async () => {
    const { page, load, text } = await open({
      '/api/numbers': (route) => route.fulfill({ json: answer(0, 'row') }),
      '/api/wrong': (route) =>
        route.fulfill({
          status: 400,
          json: { error: { message: 'from is no day', received: '"x"', expected: 'YYYY-MM-DD' } },
        }),
    });
    await load('/api/wrong');
    await page.locator('#numbers[data-state="failed"]').waitFor();
    expect(await text('message')).toContain('from is no day; received "x", expected YYYY-MM-DD.');
    await load('/api/numbers');
    await page.locator('#numbers[data-state="empty"]').waitFor();
    expect(await page.locator('[data-message] code').textContent()).toBe('npm run seed');
    expect(await text('reading')).toBe('');
  });
});
