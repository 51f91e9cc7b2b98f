import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openView } from './in-page.ts';

const operation = (changes: object) => ({
  ...{ id: 'get_api_things', method: 'GET', path: '/api/things', summary: 'Things', description: '' },
  ...{ parameters: [], bodies: [], answers: [], curl: 'curl …', triable: true, isStream: false },
  ...changes,
});
const parameter = (name: string, example: string) => ({
  ...{
    name,
    example,
    in: 'query',
    required: false,
    options: [],
    fallback: '',
    description: '',
    type: 'text',
  },
});
const DOCS = {
  groups: [
    {
      ...{ id: 'things', name: 'Things', description: 'of tests' },
      operations: [
        operation({ parameters: [parameter('kind', 'a&b'), parameter('empty', '')] }),
        operation({
          ...{ id: 'get_api_things_id', path: '/api/things/{id}' },
          parameters: [{ ...parameter('id', '../x'), in: 'path', required: true }],
        }),
        operation({ id: 'get_api_stream', path: '/api/stream', isStream: true }),
      ],
    },
  ],
  schemas: [{ name: 'Thing', description: 'one', outline: [] }],
};

/** The page draws its body once, and keeps it. */
const MODEL = { docs: () => DOCS, body: (draw: () => string) => draw() };

describe.skipIf(noBrowser !== undefined)('the description of the API', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  async function open(hash: string, answer: (route: Route) => unknown = () => {}) {
    const faults: string[] = [];
    const page = await openView(context, 'api-docs', MODEL, `/api/docs${hash}`, (its) => {
      its.on('pageerror', ({ message }) => faults.push(message));
      return its.route('**/api/{things,things/**,stream}*', answer);
    });
    await page.locator('#get_api_things_id form:not([hidden])').waitFor({ state: 'attached' });
    return { page, faults };
  }
  const answered = (page: Page, id: string) => page.locator(`#${id} [data-answer]`);

  it('an address opens the operation that it names, when it changes, too', async () => {
    const { page } = await open('#get_api_stream');
    const isOpen = (id: string) => page.evaluate(`document.getElementById('${id}').open`);
    expect([await isOpen('get_api_stream'), await isOpen('get_api_things')]).toEqual([true, false]);
    await page.evaluate(`location.hash = 'get_api_things'`);
    await expect.poll(() => isOpen('get_api_things')).toBe(true);
  });

  it.each(['#%', '#schemas', '#unknown', ''])(
    'operations can be tried at the address "%s", too',
    async (hash) => {
      const { page, faults } = await open(hash);
      expect(await page.locator('details[open]').count()).toBe(0);
      expect(faults).toEqual([]);
    },
  );

  it('an answer is shown indented, as text, with its digits, its status and its type', async () => {
    const json = '{"n":12345678901234567890,"html":"<b>bold</b>"}';
    const { page } = await open('#get_api_things', (route) =>
      route.fulfill({ body: json, contentType: 'application/json' }),
    );
    const asked = page.waitForRequest('**/api/things*');
    await page.locator('#get_api_things button[type="submit"]').click();
    expect(new URL((await asked).url()).search).toBe('?kind=a%26b');
    const place = answered(page, 'get_api_things');
    expect(await place.locator('pre').textContent()).toBe(
      '{\n  "n": 12345678901234567890,\n  "html": "<b>bold</b>"\n}',
    );
    expect(await place.locator('p').textContent()).toMatch(/^200 OK · \d+ ms · application\/json$/);
    expect(await place.locator('b').count()).toBe(0);
    // Of the answer a screen reader is read what it is, and not the whole.
    expect(await place.locator('[role="status"] pre').count()).toBe(0);
  });

  it('an answer that is no JSON is shown as it is, and of a very long one the beginning, which it says', async () => {
    const { page } = await open('#get_api_things', (route) =>
      route.fulfill({ status: 404, body: `a,b\n${'1,2\n'.repeat(20_000)}`, contentType: 'text/csv' }),
    );
    await page.locator('#get_api_things button[type="submit"]').click();
    const place = answered(page, 'get_api_things');
    expect((await place.locator('pre').textContent())?.slice(0, 8)).toBe('a,b\n1,2\n');
    expect((await place.locator('pre').textContent())?.length).toBe(50_000);
    expect(await place.locator('p').textContent()).toMatch(
      /^404 Not Found · \d+ ms · text\/csv · the first 50,000 of 80,004 characters$/,
    );
  });

  it('what belongs into the path is written there', async () => {
    const { page } = await open('#get_api_things_id', (route) => route.fulfill({ json: {} }));
    const asked = page.waitForRequest('**/api/things/**');
    await page.locator('#get_api_things_id button[type="submit"]').click();
    expect((await asked).url()).toBe('http://localhost/api/things/..%2Fx');
  });

  it('a server that can not be reached is told, and can be asked again', async () => {
    let isAway = true;
    const { page } = await open('#get_api_things', (route) =>
      isAway ? route.abort() : route.fulfill({ json: [] }),
    );
    const button = page.locator('#get_api_things button[type="submit"]');
    await button.click();
    await answered(page, 'get_api_things').getByText('The server can not be reached.').waitFor();
    isAway = false;
    await button.click();
    await answered(page, 'get_api_things').locator('pre', { hasText: '[]' }).waitFor();
  });

  it('whoever presses again is answered by the last request alone', async () => {
    const held: Route[] = [];
    const { page, faults } = await open('#get_api_things', (route) => held.push(route));
    const button = page.locator('#get_api_things button[type="submit"]');
    let ended = 0;
    page.on('requestfailed', () => {
      ended += 1;
    });
    await button.dblclick();
    await expect.poll(() => held.length).toBe(2);
    await button.click();
    await expect.poll(() => [held.length, ended]).toEqual([3, 2]);
    const shown = answered(page, 'get_api_things').locator('pre');
    await held[2]?.fulfill({ json: ['third'] });
    await expect.poll(() => shown.textContent()).toContain('third');
    expect(faults).toEqual([]);
  });

  it('a stream is listened to until it ends, and its button stops it meanwhile', async () => {
    const held: Route[] = [];
    const { page } = await open('#get_api_stream', (route) => held.push(route));
    const button = page.locator('#get_api_stream button[type="submit"]');
    await button.click();
    expect(await button.textContent()).toBe('Stop');
    await expect.poll(() => held.length).toBe(1);
    await button.click();
    await expect.poll(() => button.textContent()).toBe('Listen');
    expect(await answered(page, 'get_api_stream').textContent()).toBe('');
    await button.click();
    await expect.poll(() => held.length).toBe(2);
    await held[1]?.fulfill({ contentType: 'text/event-stream', body: 'data: {"a":1}\n\n' });
    await expect.poll(() => button.textContent()).toBe('Listen');
    expect(await answered(page, 'get_api_stream').locator('pre').textContent()).toBe('data: {"a":1}\n\n');
  });
});
