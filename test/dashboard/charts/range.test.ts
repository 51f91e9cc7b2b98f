// Ranges of days as requests leave them out, and how finely they are answered: over HTTP, with events from wrong clocks stored.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { dayIn } from '../../../src/dashboard/charts/range.ts';
import type { ShopEvent } from '../../../src/events/event.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { addDays, daysBetween } from '../../../src/runtime/day.ts';
import { anEvent } from '../../support/events.ts';
import { type Line, startLine } from '../../support/line.ts';
import { whileSame } from '../../support/while-same.ts';

const ZONE = 'America/Havana';
const CHARTS = ['daily', 'orders', 'funnel', 'totals', 'devices', 'today'] as const;
const RANGED = ['daily', 'orders', 'funnel', 'totals'] as const;
let line: Line;
const today = () => dayIn(ZONE);

async function store(events: readonly ShopEvent[], offset: number): Promise<void> {
  const records = events.map((event, n) => ({
    offset: BigInt(offset + n),
    // As from a producer whose clock is as wrong, and from the time before such events were refused.
    timestamp: Date.parse(event.time),
    key: null,
    value: Buffer.from(JSON.stringify(event)),
  }));
  const to = BigInt(offset + events.length);
  const from = offset === 0 ? undefined : BigInt(offset);
  await storeBatch(
    line.pool,
    { clusterId: 'test', group: 'test', topic: 'ecommerce' },
    { partition: 0, records },
    from,
    to,
  );
}

/** An order of each category on each of many days from 2000 on, and one from a clock of 2099. */
function history(): ShopEvent[] {
  const products = ['accessories', 'clothes', 'electronics', 'sneakers', 'sports_nutrition'] as const;
  const days = Array.from({ length: 1_200 }, (_, n) => addDays('2000-01-01', n));
  return [
    ...days.flatMap((day) =>
      products.map((product) => anEvent({ title: 'order', product, time: `${day}T17:00:00.000Z` })),
    ),
    // Havana's clocks go back from one to midnight.
    anEvent({ title: 'order', time: '2018-11-04T04:30:00.000Z' }),
    anEvent({ title: 'order', time: '2018-11-04T05:30:00.000Z' }),
    anEvent({ title: 'order', time: '2099-12-31T17:00:00.000Z' }),
    anEvent({ title: 'order', time: new Date().toISOString() }),
  ];
}

const ask = async (chart: string, query: Record<string, string> = {}) =>
  request(line.url).get(`/api/charts/${chart}`).query(query);

beforeAll(async () => {
  line = await startLine({ timeZone: ZONE, ingest: false });
  await store(history(), 0);
}, 240_000);

describe('a range of days', () => {
  it('a range of days has the hour before a second midnight on the day that the events of it are counted on', async () => {
    for (const [day, times] of [
      ['2018-11-03', []],
      ['2018-11-04', ['2018-11-04T04:00:00.000Z', '2018-11-04T05:00:00.000Z']],
    ] as const) {
      const { rows, meta } = (await ask('orders', { from: day, to: addDays(day, 1) })).body;
      expect(meta.resolution).toBe('hour');
      expect(rows.map(({ time }: { time: string }) => time)).toEqual(times);
      const { rows: daily } = (await ask('daily', { from: day, to: addDays(day, 1) })).body;
      expect(daily.find(({ title }: { title: string }) => title === 'order').count).toBe(times.length);
    }
  });

  it.each(CHARTS)('the range is one that %s can answer, where none is asked for', async (chart) => {
    expect((await ask(chart)).status).toBe(200);
  });

  it.each(RANGED)(
    'the range reaches in %s from the first day to today, whatever a wrong clock said',
    async (chart) => {
      await whileSame(today, async () => {
        const { meta } = (await ask(chart)).body;
        expect(meta).toMatchObject({ from: '2000-01-01', to: addDays(today(), 1) });
      });
    },
  );

  it.each(RANGED)('a range without an end has it in %s, as far as 100 years reach', async (chart) => {
    const asked = [
      { from: '0001-01-02' },
      { from: '1850-06-01' },
      { from: today() },
      { to: '2000-01-02' },
      { to: '9999-12-31' },
    ];
    for (const query of asked) {
      const { status, body } = await ask(chart, query);
      expect([query, status]).toEqual([query, 200]);
      expect(body.meta).toMatchObject(query);
      expect(daysBetween(body.meta)).toBeLessThanOrEqual(36_525);
    }
  });

  it('the range Everything of the page is what is answered where nothing is asked', async () => {
    await whileSame(today, async () => {
      const page = await request(line.url).get('/dashboard').expect(200);
      const link =
        /href="([^"]*)"[^>]*data-range="Everything"|data-range="Everything"[^>]*href="([^"]*)"/.exec(
          page.text,
        );
      const href = (link?.[1] ?? link?.[2] ?? '').replaceAll('&amp;', '&').replaceAll('&#38;', '&');
      const asked = new URL(href, line.url).searchParams;
      const { meta } = (await ask('daily')).body;
      expect({ from: asked.get('from'), to: asked.get('to') }).toEqual({ from: meta.from, to: meta.to });
    });
  });

  it.each([
    ['2000-01-01', 1_666, 'day'],
    ['2000-01-01', 1_667, 'week'],
    ['2000-01-01', 11_000, 'week'],
    ['2000-01-01', 12_000, 'month'],
    ['2000-01-05', 36_525, 'month'],
  ])(
    'a range from %s over %i days is answered by the %s, with every event in it',
    async (from, days, step) => {
      const { rows, meta } = (await ask('daily', { from, to: addDays(from, days) })).body;
      expect(meta.step).toBe(step);
      expect(rows.length).toBeLessThanOrEqual(5_000);
      expect(rows[0].day).toBe(from);
      const { rows: counted } = await line.pool.query(
        `SELECT count(*) FROM events WHERE ("time" AT TIME ZONE $1)::date >= $2::date
         AND ("time" AT TIME ZONE $1)::date < $3::date`,
        [ZONE, from, addDays(from, days)],
      );
      expect(meta.total).toBe(counted[0].count);
      const firsts = new Set(rows.map((row: { day: string }) => row.day));
      expect(firsts.size * 3).toBe(rows.length);
    },
  );

  it('a chart by weeks counts each week from its Monday', async () => {
    const { rows } = (await ask('daily', { from: '2000-01-01', to: '2010-01-01' })).body;
    const orders = rows.filter((row: { title: string }) => row.title === 'order');
    expect(orders.slice(0, 3)).toEqual([
      { day: '2000-01-01', title: 'order', count: 10 },
      { day: '2000-01-03', title: 'order', count: 35 },
      { day: '2000-01-10', title: 'order', count: 35 },
    ]);
  });

  it('the chart of orders is answered by the week where days would be over 5,000 rows', async () => {
    const few = (await ask('orders', { from: '2000-01-01', to: addDays('2000-01-01', 1_000) })).body;
    expect(few.meta).toMatchObject({ resolution: 'day', rows: 5_000, total: 5_000 });
    const many = (await ask('orders', { from: '2000-01-01', to: addDays('2000-01-01', 1_001) })).body;
    expect(many.meta).toMatchObject({ resolution: 'week', total: 5_005 });
    expect(many.rows[0]).toEqual({ time: '2000-01-01T05:00:00.000Z', product: 'accessories', count: 2 });
    expect(many.rows[5]).toEqual({ time: '2000-01-03T05:00:00.000Z', product: 'accessories', count: 7 });
  });

  it.each(['totals', 'today'])('the CSV of %s has the rows and the columns of the JSON', async (chart) => {
    await whileSame(today, async () => {
      const { rows } = (await ask(chart)).body;
      const [header, ...lines] = (await ask(chart, { format: 'csv' })).text.trimEnd().split('\r\n');
      expect(header).toBe(Object.keys(rows[0]).join(','));
      expect(lines).toEqual(rows.map((row: object) => Object.values(row).join(',')));
    });
  });
});
