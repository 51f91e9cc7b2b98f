import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { newContext, openView } from './in-page.ts';

const LETTER = {
  ...{
    id: 5,
    state: 'open',
    code: 'not_json',
    topic: 't',
    partition: 0,
    offset: '1',
    bytes: 3,
    isText: true,
  },
  rejected_at: '2026-03-02T11:00:00.000Z',
  reason: { pieces: [{ text: 'no JSON' }], cut: false },
  key: { pieces: [], cut: false },
  payload: { pieces: [], cut: false },
  ...{ settled_at: null, resent_as: null },
};
const MODEL = {
  letter: LETTER,
  draft: '{"a":1}',
  problem: undefined,
  pattern: '{"whole":"event"}',
  trace: null,
};
const ADDRESS = '/events/rejected/5';

describe.skipIf(noBrowser !== undefined)('a rejected message', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  async function open(model: object, api: (route: Route) => unknown = () => {}) {
    const faults: string[] = [];
    const page = await openView(context, 'dead-letter', model, ADDRESS, (its) => {
      its.on('pageerror', ({ message }) => faults.push(message));
      return its.route('**/api/**', api);
    });
    const editor = page.locator('#event');
    return { page, faults, editor, problem: page.locator('[data-problem]') };
  }
  async function edit(api?: (route: Route) => unknown, changes: object = {}) {
    const opened = await open({ ...MODEL, ...changes }, api);
    await opened.page.locator('[data-tidy]').waitFor();
    return opened;
  }
  const leave = (page: Page) => page.locator('h1').click();

  it('what is typed is no mistake before somebody leaves it; then it is told until it is JSON', async () => {
    const { page, editor, problem } = await edit();
    await editor.fill('{"a":');
    expect(await problem.textContent()).toBe('');
    await leave(page);
    expect(await problem.textContent()).toMatch(/^Not JSON yet: /);
    expect(await editor.getAttribute('aria-invalid')).toBe('true');
    await editor.pressSequentially('1');
    expect(await problem.textContent()).toMatch(/^Not JSON yet: /);
    await editor.pressSequentially('}');
    expect([await problem.textContent(), await editor.getAttribute('aria-invalid')]).toEqual(['', null]);
  });

  it('JSON is tidied up with all its digits; what is none, or nested very deep, stays as it is', async () => {
    const { page, editor, problem } = await edit();
    const tidy = page.getByRole('button', { name: 'Tidy up' });
    await editor.fill('{"a":12345678901234567890}');
    await tidy.click();
    expect(await editor.inputValue()).toBe('{\n  "a": 12345678901234567890\n}');
    const deep = '['.repeat(18) + ']'.repeat(18);
    await editor.fill(deep);
    await tidy.click();
    expect([await editor.inputValue(), await problem.textContent()]).toEqual([deep, '']);
    await editor.fill('{a}');
    await tidy.click();
    expect(await editor.inputValue()).toBe('{a}');
    expect(await problem.textContent()).toMatch(/^Not JSON yet: /);
  });

  it('the editor begins anew with an event that would be taken', async () => {
    const { page, editor, problem } = await edit(undefined, { problem: 'expected JSON' });
    expect(await problem.textContent()).toBe('expected JSON');
    await page.getByText('What an event looks like').click();
    await page.getByRole('button', { name: 'Begin with this one' }).click();
    expect(await editor.inputValue()).toBe('{"whole":"event"}');
    expect([await problem.textContent(), await editor.getAttribute('aria-invalid')]).toEqual(['', null]);
    expect(await editor.and(page.locator(':focus')).count()).toBe(1);
  });

  it('what the server says of a wrong event is told, and what was written stays', async () => {
    const sent: unknown[] = [];
    const { editor, problem } = await edit((route) => {
      sent.push(route.request().postData());
      return sent.length === 1
        ? route.fulfill({ status: 400, json: { error: { message: 'title: expected a title' } } })
        : route.abort();
    });
    await editor.fill('{"a":2}');
    await editor.press('Control+Enter');
    await expect.poll(() => problem.textContent()).toBe('title: expected a title');
    await editor.press('Meta+Enter');
    await expect
      .poll(() => problem.textContent())
      .toBe('The server can not be reached. What you wrote is still here.');
    expect([await editor.inputValue(), sent]).toEqual(['{"a":2}', ['{"a":2}', '{"a":2}']]);
  });

  it('a message is sent once, however often Enter is pressed meanwhile', async () => {
    const held: Route[] = [];
    const { page, editor } = await edit((route) => held.push(route));
    await editor.press('Control+Enter');
    await editor.press('Control+Enter');
    await expect.poll(() => held.length).toBe(1);
    expect(await page.getByRole('button', { name: 'Send again' }).isDisabled()).toBe(true);
    await held[0]?.fulfill({ status: 400, json: { error: { message: 'wrong' } } });
    await page.locator('[data-problem]', { hasText: 'wrong' }).waitFor();
    expect(held.length).toBe(1);
  });

  it.each([202, 409])(
    'the page is read again once the message is settled, by whomever (%d)',
    async (status) => {
      const { page, editor } = await edit((route) => route.fulfill({ status, json: {} }));
      const again = page.waitForRequest((request) => request.isNavigationRequest());
      await editor.press('Control+Enter');
      expect(new URL((await again).url()).pathname).toBe(ADDRESS);
    },
  );

  describe('sent again', () => {
    const order = '0'.repeat(32);
    const trace = {
      ...{ order_id: order, title: 'order', product: 'clothes', robot: false, lost: null },
      ...{ received_at: '2026-03-02T11:00:00.000Z', kafka: null, postgres: null, chart: null },
    };
    const model = {
      ...MODEL,
      letter: { ...LETTER, state: 'resent', settled_at: '2026-03-02T11:00:00.000Z', resent_as: order },
      trace,
    };
    const hops = (changes: object) => ({
      ...{ received_at: '2026-03-02T11:00:00.000Z', acknowledged_at: null, stored_at: null },
      ...{ topic: null, partition: null, offset: null },
      ...changes,
    });
    const inKafka = {
      ...{ topic: 'ecommerce', partition: 2, offset: '9', acknowledged_at: '2026-03-02T11:00:00.004Z' },
    };

    it('the event of a message that was sent again is followed until it is a row, through what goes wrong meanwhile', async () => {
      const answers: ((route: Route) => unknown)[] = [
        (route) => route.fulfill({ status: 404, json: {} }),
        (route) => route.abort(),
        (route) => route.fulfill({ json: { hops: hops(inKafka) } }),
        (route) =>
          route.fulfill({ json: { hops: hops({ ...inKafka, stored_at: '2026-03-02T11:00:00.010Z' }) } }),
      ];
      const asked: string[] = [];
      const { page, faults } = await open(model, (route) => {
        asked.push(new URL(route.request().url()).pathname);
        return answers.shift()?.(route);
      });
      const item = page.locator('main [data-trace]');
      await expect.poll(() => item.getAttribute('data-at')).toBe('2');
      expect(await item.locator('[data-station="kafka"] [data-fact]').textContent()).toBe(
        'partition 2, offset 9',
      );
      expect(await item.locator('[data-station="postgres"] [data-ms]').textContent()).toBe('+6 ms');
      expect([new Set(asked), asked.length]).toEqual([new Set([`/api/events/${order}`]), 4]);
      expect(faults).toEqual([]);
    });

    it('an event whose trace is a row already is not asked for', async () => {
      const asked: string[] = [];
      const done = {
        ...trace,
        kafka: { topic: 'ecommerce', partition: 2, offset: '9', ms: 4 },
        postgres: { ms: 10 },
      };
      const { page } = await open({ ...model, trace: done }, (route) => asked.push(route.request().url()));
      await page.waitForLoadState('networkidle');
      expect(asked).toEqual([]);
    });
  });
});
