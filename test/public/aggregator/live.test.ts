import type { Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openView } from '../in-page.ts';
import { view } from '../view.ts';

const listed = (name: string, results = 0) => ({
  ...{ name, topic: 'prints', state: 'active', failure: null, version: 1 },
  ...{ open_sessions: 0, results, set_aside: 0 },
});

describe.skipIf(noBrowser !== undefined)('the pages of definitions, live', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  /** A page that was drawn from one model, and is read again from those that `tell` is given. */
  async function open(name: string, model: object, address: string) {
    const reads: string[] = [];
    const waiting: Route[] = [];
    let now: object | number = model;
    const page = await openView(context, name, model, address, async (its) => {
      await its.addInitScript('delete window.SharedWorker');
      await its.route('**/api/aggregator/stream', (route) => waiting.push(route));
      await its.route(`**${address}`, async (route) => {
        if (route.request().isNavigationRequest()) return route.fallback();
        reads.push(address);
        return typeof now === 'number'
          ? route.fulfill({ status: now })
          : route.fulfill({ contentType: 'text/html; charset=utf-8', body: await view(name, now) });
      });
    });
    /** @param definitions null: any may have changed */
    const tell = async (definitions: readonly string[] | null, next: object | number = now) => {
      await expect.poll(() => waiting.length).toBe(1);
      now = next;
      const body = `retry: 20\n\nevent: changed\ndata: ${JSON.stringify({ definitions })}\n\n`;
      await waiting.pop()?.fulfill({ contentType: 'text/event-stream', body });
    };
    return { page, reads, tell };
  }
  const list = (...definitions: readonly object[]) => open('aggregator', { definitions }, '/aggregator');
  const rows = (...ids: readonly string[]) =>
    ids.map((id) => ({
      ...{ id, flushed: '2026-03-02T11:00:00.000Z', type: 'CONDITION', why: '70 sheets', count: 70 },
      columns: [{ name: 'subscriber', value: id }],
    }));
  const definition = (changes: object = {}) => ({
    known: { ...listed('prints'), last_flush: null },
    ...{ failedAt: null, description: '', words: [], nextFlushes: 'by hand', sessions: [], results: [] },
    ...{ asides: [], versions: [], yaml: '' },
    counted: String,
    ...changes,
  });
  const ONE = '/aggregator/definitions/prints';

  it('the list shows a definition that has come, and says that it is live', async () => {
    const { page, tell } = await list(listed('prints'));
    await tell(['prints', 'other'], { definitions: [listed('other'), listed('prints', 3)] });
    await page.getByRole('link', { name: 'other' }).waitFor();
    await page.locator('[data-connection]', { hasText: 'not connected, trying again' }).waitFor();
    await tell(null);
    expect(await page.locator('.definition .number').allTextContents()).toContain('3');
  });

  it('the page of a definition is read again for its own changes alone', async () => {
    const { page, reads, tell } = await open('aggregator-definition', definition(), ONE);
    await tell(['another']);
    await tell(['prints'], definition({ results: rows('1') }));
    await page.locator('[data-live="results"] tbody tr').waitFor();
    expect(reads).toHaveLength(1);
  });

  it('rows that have come are marked as fresh, those that were there, and the first ones, are not', async () => {
    const { page, tell } = await open('aggregator-definition', definition(), ONE);
    const fresh = page.locator('[data-live="results"] tr.fresh');
    const results = page.locator('[data-live="results"] tbody tr');
    await tell(['prints'], definition({ results: rows('1') }));
    await expect.poll(() => results.count()).toBe(1);
    expect(await fresh.count()).toBe(0);
    await tell(['prints'], definition({ results: rows('2', '1') }));
    await expect.poll(() => results.count()).toBe(2);
    expect(await fresh.getAttribute('data-id')).toBe('2');
  });

  it('what has the focus keeps it, and a table its place, while rows come', async () => {
    const { page, tell } = await open('aggregator-definition', definition({ results: rows('1') }), ONE);
    const results = page.locator('[data-live="results"]');
    const link = results.locator(`a[href="${ONE}/results/1"]`);
    await link.focus();
    await page.addStyleTag({ content: '[data-live="results"] table { inline-size: 3000px }' });
    const scrolled = () =>
      page.evaluate(`document.querySelector('[data-live="results"] .data-table').scrollLeft`);
    await page.evaluate(`document.querySelector('[data-live="results"] .data-table').scrollLeft = 40`);
    await tell(['prints'], definition({ results: rows('2', '1') }));
    await results.locator('tbody tr:nth-child(2)').waitFor();
    expect(await link.and(page.locator(':focus')).count()).toBe(1);
    expect(await scrolled()).toBe(40);
    await results.getByRole('region').focus();
    await tell(['prints'], definition({ results: rows('3', '2', '1') }));
    await results.locator('tbody tr:nth-child(3)').waitFor();
    expect(await results.getByRole('region').and(page.locator(':focus')).count()).toBe(1);
  });

  it('changes that come while the page is read are one more read', async () => {
    const { page, reads, tell } = await list(listed('prints'));
    await tell(null);
    await tell(null);
    await tell(null, { definitions: [listed('last')] });
    await page.getByRole('link', { name: 'last' }).waitFor();
    expect(reads.length).toBeLessThanOrEqual(3);
  });

  it('a definition that is gone is said to be, by its page', async () => {
    const { page, tell } = await open('aggregator-definition', definition(), ONE);
    const again = page.waitForRequest((request) => request.isNavigationRequest());
    await tell(['prints'], 404);
    expect(new URL((await again).url()).pathname).toBe(ONE);
  });

  it('the command of an empty list can be copied, also once the list was read again', async () => {
    const { page, reads, tell } = await list();
    await page.getByRole('button', { name: 'Copy' }).waitFor();
    await tell(null);
    await expect.poll(() => reads.length).toBe(1);
    await tell(null);
    await expect.poll(() => reads.length).toBe(2);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: /Copied|Not allowed/ }).waitFor();
  });
});
