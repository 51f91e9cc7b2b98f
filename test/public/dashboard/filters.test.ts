import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openView } from '../in-page.ts';
import { dashboardModel } from './dashboard-view.ts';

const SCRIPT = `
  import { chooseRange, filters, offerYears, passMidnight, watchFilters, whoseFilter } from '/js/dashboard/filters.js';
  Object.assign(window, { chooseRange, filters, offerYears, passMidnight, whoseFilter, changes: [] });
  watchFilters((changed) => window.changes.push(changed));
  window.ready = true;`;

describe.skipIf(noBrowser !== undefined)('the filters of the history', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  /** The dashboard with its filters alone. */
  async function open(query = '', model: object = {}): Promise<Page> {
    const page = await openView(
      context,
      'dashboard',
      { ...dashboardModel, ...model },
      `/dashboard${query}`,
      (its) =>
        its.route('**/js/dashboard/page.js', (route) =>
          route.fulfill({ contentType: 'text/javascript', body: SCRIPT }),
        ),
    );
    await page.waitForFunction('window.ready');
    return page;
  }
  const chosen = (page: Page) => page.evaluate('filters()');
  const current = (page: Page) => page.locator('[data-range][aria-current]').allTextContents();
  const search = (page: Page) => page.evaluate('location.search');
  const date = (page: Page, name: string) => page.locator(`[data-filters] [name="${name}"]`);

  it('without a word in the address the dataset’s months are chosen, and people of 2019', async () => {
    const page = await open();
    expect(await chosen(page)).toEqual({
      from: '2019-01-01',
      to: '2019-06-01',
      product: '',
      device: '',
      year: '2019',
      count: 'users',
    });
    expect(await current(page)).toEqual(['January to May 2019']);
    expect(await page.locator('[data-apply]').isHidden()).toBe(true);
  });

  it('the address says what is chosen, a year that is not offered, too', async () => {
    const page = await open(
      '?from=2026-02-24&to=2026-03-03&product=clothes&device=mobile&year=2024&count=events',
      {
        filters: { ...dashboardModel.filters, year: '2024' },
      },
    );
    expect(await chosen(page)).toEqual({
      from: '2026-02-24',
      to: '2026-03-03',
      product: 'clothes',
      device: 'mobile',
      year: '2024',
      count: 'events',
    });
    expect(await current(page)).toEqual(['7 days']);
  });

  it('a choice comes into the address, without what is as usual, and Back takes it out again', async () => {
    const page = await open();
    await page.getByRole('combobox', { name: 'Category' }).selectOption('clothes');
    expect(await search(page)).toBe('?from=2019-01-01&to=2019-06-01&product=clothes');
    await page.locator('[data-count]').selectOption('events');
    expect(await search(page)).toBe('?from=2019-01-01&to=2019-06-01&product=clothes&count=events');
    expect(await page.evaluate('changes')).toEqual(['range', 'devices']);
    await page.evaluate('history.go(-2)');
    await page.waitForFunction('changes.length === 4');
    expect(await page.evaluate('changes.slice(2)')).toEqual(['range', 'devices']);
    expect(await chosen(page)).toMatchObject({ product: '', count: 'users' });
  });

  it('a range is chosen by its link, by its days, and on a chart, and marked where it has a link', async () => {
    const page = await open();
    await page.getByRole('link', { name: '30 days' }).click();
    expect(await search(page)).toBe('?from=2026-02-01&to=2026-03-03');
    expect(await current(page)).toEqual(['30 days']);
    await date(page, 'from').fill('2026-02-24');
    await date(page, 'from').dispatchEvent('change');
    expect(await current(page)).toEqual(['7 days']);
    await page.evaluate(`chooseRange('2026-02-25', '2026-02-27')`);
    expect(await current(page)).toEqual([]);
    expect(await search(page)).toBe('?from=2026-02-25&to=2026-02-27');
    expect(new Set((await page.evaluate('changes')) as string[])).toEqual(new Set(['range']));
  });

  it('a day that is none changes nothing until it is one', async () => {
    const page = await open();
    await date(page, 'to').fill('');
    await date(page, 'to').dispatchEvent('change');
    expect([await page.evaluate('changes'), await search(page)]).toEqual([[], '']);
  });

  it('whose events are counted stays with every choice', async () => {
    const page = await open('?robots=only', {
      whose: { robots: 'only', simulated: 'exclude' },
      whoseText: 'robots=only&simulated=exclude&',
    });
    expect(await page.evaluate('whoseFilter')).toEqual({ robots: 'only', simulated: 'exclude' });
    await page.getByRole('combobox', { name: 'Device' }).selectOption('mobile');
    expect(await search(page)).toBe(
      '?from=2019-01-01&to=2019-06-01&device=mobile&robots=only&simulated=exclude',
    );
  });

  it('who counts others asks for the page anew, with all else that is chosen', async () => {
    const page = await open('?product=clothes');
    const asked = page.waitForRequest((request) => request.isNavigationRequest());
    await page.locator('select[name="robots"]').selectOption('include');
    expect((await asked).url()).toBe('http://localhost/dashboard?product=clothes&robots=include');
  });

  it('years that have events are offered in their order, with the one that is chosen', async () => {
    const page = await open();
    const years = page.locator('[data-year]');
    await page.evaluate('offerYears([2026, 2025], 2019)');
    expect(await years.locator('option').allTextContents()).toEqual(['2019', '2025', '2026']);
    expect(await years.inputValue()).toBe('2019');
    await years.selectOption('2026');
    await page.evaluate('offerYears([2025, 2026], 2019)');
    expect(await years.inputValue()).toBe('2026');
  });

  it('at midnight ranges up to now go on with the day, the chosen one too, and others stay', async () => {
    const page = await open('?from=2026-03-02&to=2026-03-03');
    expect(await page.evaluate(`passMidnight('2026-03-02', '2026-03-03')`)).toBe(true);
    expect(await chosen(page)).toMatchObject({ from: '2026-03-03', to: '2026-03-04' });
    expect(await current(page)).toEqual(['Today']);
    const links = await page.evaluate(
      `[...document.querySelectorAll('[data-range]')].map((link) => [link.dataset.range, new URL(link.href).search])`,
    );
    expect(links).toEqual([
      ['January to May 2019', '?from=2019-01-01&to=2019-06-01'],
      ['Today', '?from=2026-03-03&to=2026-03-04'],
      ['7 days', '?from=2026-02-25&to=2026-03-04'],
      ['30 days', '?from=2026-02-02&to=2026-03-04'],
      ['Everything', '?from=2019-01-01&to=2026-03-04'],
    ]);
    await page.evaluate(`chooseRange('2019-01-01', '2019-06-01')`);
    expect(await page.evaluate(`passMidnight('2026-03-03', '2026-03-04')`)).toBe(false);
    expect(await chosen(page)).toMatchObject({ from: '2019-01-01', to: '2019-06-01' });
  });
});
