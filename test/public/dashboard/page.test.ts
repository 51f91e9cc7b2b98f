// The dashboard as its page plays it: what the stream tells, and which charts are asked for again.

import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openView } from '../in-page.ts';
import { dashboardModel } from './dashboard-view.ts';

type Told = readonly [event: string, data: object];
const orders = (...minutes: readonly [minute: string, count: number][]) =>
  minutes.map(([minute, count]) => ({ time: `2026-03-02T${minute}:00.000Z`, product: 'clothes', count }));

const today = (changes: object = {}): Told => [
  'today',
  {
    rows: [{ product: 'clothes', title: 'order', count: 2 }],
    yesterday: [],
    orders: orders(['11:00', 2]),
    meta: { day: '2026-03-02', time_zone: 'Europe/Berlin', as_of: '2026-03-02T11:00:30.000Z' },
    ...changes,
  },
];
const META = {
  ...{ as_of: '2026-03-02T11:00:00.000Z', time_zone: 'Europe/Berlin', rows: 0, total: 0 },
  ...{ from: '2026-02-01', to: '2026-03-03', step: 'day', resolution: 'day' },
  ...{ year: 2019, years: [2019], count: 'users', before: { from: '2026-01-01', to: '2026-02-01' } },
};

describe.skipIf(noBrowser !== undefined)('the page of the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  /** The dashboard, whose stream tells something each time that it is asked for, and then waits for the next `tell()`. */
  async function open(query: string, ...times: readonly (readonly Told[])[]) {
    const asked: string[] = [];
    const untold = [...times];
    const waiting: Route[] = [];
    const tellNext = async () => {
      const [route, events] = [waiting[0], untold[0]];
      if (route === undefined || events === undefined) return;
      waiting.shift();
      untold.shift();
      const text = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      await route.fulfill({ contentType: 'text/event-stream', body: `retry: 20\n\n${text.join('')}` });
    };
    const page = await openView(context, 'dashboard', dashboardModel, `/dashboard${query}`, async (its) => {
      // Whose connection a test can't answer.
      await its.addInitScript('delete window.SharedWorker');
      await its.route('**/api/**', (route) => {
        const { pathname, search, searchParams } = new URL(route.request().url());
        if (pathname === '/api/faults') return route.fulfill({ json: { rows: [] } });
        if (pathname === '/api/live') {
          waiting.push(route);
          return tellNext();
        }
        asked.push(`${pathname.replace('/api/charts/', '')}${search}`);
        return route.fulfill({
          json: { rows: [], meta: { ...META, year: Number(searchParams.get('year') ?? 2019) } },
        });
      });
    });
    const names = () => asked.map((one) => one.replace(/\?.*/, '')).sort();
    const tell = (...events: readonly Told[]) => {
      untold.push(events);
      return tellNext();
    };
    return { page, asked, names, tell };
  }
  const charted = (page: Page) =>
    page.evaluate(
      `Chart.getChart(document.querySelector('#today-orders canvas'))?.data.datasets.flatMap(({ data }) => data.map(({ count }) => count))`,
    );
  const RECENT = '?from=2026-02-01&to=2026-03-03';
  const ALL = ['daily', 'devices', 'funnel', 'orders', 'totals'];

  it('a chart that has changed is asked for again where its range reaches into today', async () => {
    const { names } = await open(RECENT, [today(), ['changed', { charts: ['daily', 'devices', 'unknown'] }]]);
    await expect.poll(names).toEqual(['daily', ...ALL]);
  });

  it('a chart of what is over is not asked for again', async () => {
    const { page, names } = await open('?from=2026-02-01&to=2026-03-02', [
      today(),
      ['changed', { charts: ['daily', 'orders'] }],
      today({ meta: { day: '2026-03-02', as_of: '2026-03-02T12:00:00.000Z' } }),
    ]);
    await page.locator('[data-as-of]', { hasText: 'as of 13:00:00' }).waitFor();
    await expect.poll(names).toEqual(ALL);
    // Facts without a unit before them begin their line.
    expect(await page.locator('#totals [data-facts]').textContent()).toMatch(/^compared with/);
    expect(await page.locator('#daily [data-facts]').textContent()).toMatch(/^· /);
  });

  it('after a gap of the connection all charts of today are asked for again, and those of this year', async () => {
    const { page, names } = await open(`${RECENT}&year=2026`, [today()], [today()]);
    await expect.poll(names).toEqual([...ALL, ...ALL].sort());
    await page.getByText('Connection lost, trying again').waitFor();
  });

  it('orders of minutes that are not told again stay; those of a whole day replace all', async () => {
    const newer = today({ orders: orders(['11:02', 5]), orders_since: '2026-03-02T11:02:00.000Z' });
    const before = today({ orders: orders(['11:00', 2], ['11:02', 1]) });
    const { page } = await open(RECENT, [before, newer]);
    await expect.poll(() => charted(page)).toEqual([2, 5]);
    const whole = await open(RECENT, [before, today({ orders: orders(['11:02', 7]) })]);
    await expect.poll(() => charted(whole.page)).toEqual([7]);
  });

  it('at midnight the page goes on with the new day, and its charts with it', async () => {
    const meta = { day: '2026-03-03', time_zone: 'Europe/Berlin', as_of: '2026-03-02T23:00:01.000Z' };
    const { page, asked } = await open(RECENT, [today(), today({ meta, rows: [], orders: [] })]);
    await page.getByText('Today, 3 Mar 2026').waitFor();
    await expect
      .poll(() => asked.filter((one) => one.startsWith('daily')))
      .toEqual(['daily?from=2026-02-01&to=2026-03-03', 'daily?from=2026-02-02&to=2026-03-04']);
  });

  it('a page that nobody sees asks for nothing, and is brought up to date when somebody looks', async () => {
    const { page, names, tell } = await open(RECENT, [today()]);
    await expect.poll(names).toEqual(ALL);
    await expect.poll(() => charted(page)).toEqual([2]);
    await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true })`);
    const as_of = '2026-03-02T12:00:00.000Z';
    await tell(
      today({ orders: orders(['11:00', 9]), meta: { day: '2026-03-02', time_zone: 'Europe/Berlin', as_of } }),
    );
    await page.locator('[data-as-of]', { hasText: 'as of 13:00:00' }).waitFor();
    expect(names()).toEqual(ALL);
    expect(await charted(page)).toEqual([2]);
    await page.evaluate(`delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))`);
    await expect.poll(names).toEqual([...ALL, 'daily', 'funnel', 'orders', 'totals'].sort());
    expect(await charted(page)).toEqual([9]);
  });

  it('a choice asks for what it is about: days for the charts of the range, a year for the devices', async () => {
    const { page, asked } = await open(RECENT, [today()]);
    await expect.poll(() => asked.length).toBe(5);
    await page.locator('[data-count]').selectOption('events');
    await expect.poll(() => asked.slice(5)).toEqual(['devices?year=2019&count=events']);
    await page.getByRole('combobox', { name: 'Category' }).selectOption('clothes');
    await expect
      .poll(() => asked.slice(6).sort())
      .toEqual([
        'daily?from=2026-02-01&to=2026-03-03&product=clothes',
        'funnel?from=2026-02-01&to=2026-03-03',
        'orders?from=2026-02-01&to=2026-03-03&product=clothes',
        'totals?from=2026-02-01&to=2026-03-03&product=clothes',
      ]);
  });
});
