// Every chart against a recount of the raw rows; that of orders has a file of its own.

import { describe, expect, it } from 'vitest';
import { DEVICES, type ShopEvent, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { expectError } from '../../support/answers.ts';
import { anEvent } from '../../support/events.ts';
import { eventually } from '../../support/line.ts';
import { counted, dayOf, shopWithHistory, ZONE } from './history.ts';

const { count, events, get, line } = await shopWithHistory();

describe('the daily chart', () => {
  type Row = { day: string; title: string; count: number };

  it('the daily chart counts each day of the zone, the days of 23 and 25 hours too', async () => {
    const { body } = await get('daily?from=2019-01-01&to=2020-01-02').expect(200);
    expect(counted<Row>(body.rows, ({ day, title }) => `${day} ${title}`)).toEqual(
      count(({ time, title }) => `${dayOf(time)} ${title}`),
    );
    expect(body.meta).toMatchObject({
      time_zone: ZONE,
      from: '2019-01-01',
      to: '2020-01-02',
      total: events.length,
    });
  });

  it('the daily chart has three rows for every day, without events too, and leaves `to` out', async () => {
    const { body } = await get('daily?from=2019-02-01&to=2019-02-04').expect(200);
    expect(body.rows.map(({ day, title }: Row) => `${day} ${title}`)).toEqual(
      ['2019-02-01', '2019-02-02', '2019-02-03'].flatMap((day) => TITLES.map((title) => `${day} ${title}`)),
    );
    expect(body.rows.slice(3).every((row: Row) => row.count === 0)).toBe(true);
  });

  it.each(PRODUCTS)(
    'the daily chart counts only %s, on one device, where that is asked for',
    async (product) => {
      const { body } = await get(
        `daily?from=2019-01-01&to=2020-01-02&product=${product}&device=mobile`,
      ).expect(200);
      expect(counted<Row>(body.rows, ({ day, title }) => `${day} ${title}`)).toEqual(
        count((event) =>
          event.product === product && event.site_version === 'mobile'
            ? `${dayOf(event.time)} ${event.title}`
            : undefined,
        ),
      );
    },
  );

  it('the daily chart reaches from the first day with events to today where nothing is asked', async () => {
    const before = dayOf(new Date().toISOString());
    const { body } = await get('daily').expect(200);
    expect(body.meta.from).toBe('2019-01-31');
    expect(body.meta.to > before).toBe(true);
  });
});

describe('the chart of devices', () => {
  const users = (year: string) =>
    DEVICES.map((device) => ({
      device,
      count: new Set(
        events.flatMap((event) =>
          event.site_version === device && dayOf(event.time).startsWith(year) ? [event.user_id] : [],
        ),
      ).size,
    }));

  it('the chart of devices counts people once a device and year of the zone, 2019 where none is asked', async () => {
    expect((await get('devices').expect(200)).body.rows).toEqual(users('2019'));
    const { body } = await get('devices?year=2020&count=users').expect(200);
    expect(body.rows).toEqual(users('2020'));
    expect(body.meta.years).toEqual([2019, 2020]);
  });

  it('the chart of devices counts events where that is asked for, and 0 for a year without any', async () => {
    const { body } = await get('devices?year=2019&count=events').expect(200);
    expect(body.rows).toEqual(
      DEVICES.map((device) => ({
        device,
        count: events.filter((event) => event.site_version === device && dayOf(event.time).startsWith('2019'))
          .length,
      })),
    );
    expect((await get('devices?year=1999').expect(200)).body.rows).toEqual(
      DEVICES.map((device) => ({ device, count: 0 })),
    );
  });
});

describe('the funnel', () => {
  it('the funnel counts shows, clicks and orders by category and device, those without events too', async () => {
    const { body } = await get('funnel?from=2019-03-31&to=2019-04-01').expect(200);
    const expected = PRODUCTS.flatMap((product) =>
      DEVICES.map((device) => {
        const mine = events.filter(
          (event) =>
            event.product === product && event.site_version === device && dayOf(event.time) === '2019-03-31',
        );
        const of = (title: string) => mine.filter((event) => event.title === title).length;
        return { product, device, shows: of('banner_show'), clicks: of('banner_click'), orders: of('order') };
      }),
    );
    expect(body.rows).toEqual(expected);
    expect((await get('funnel?from=2001-01-01&to=2001-01-02').expect(200)).body.rows).toHaveLength(10);
  });
});

describe('CSV', () => {
  it.each(['daily', 'orders', 'devices', 'funnel'])(
    'the CSV of %s has the rows of the JSON',
    async (chart) => {
      const query = chart === 'devices' ? '' : '?from=2019-03-01&to=2019-04-01';
      const { body } = await get(chart + query).expect(200);
      const accepted = await get(chart + query)
        .set('Accept', 'text/csv')
        .expect(200);
      const asked = await get(`${chart}${query}${query === '' ? '?' : '&'}format=csv`).expect(200);
      expect(asked.text).toBe(accepted.text);
      expect(accepted.headers['content-type']).toBe('text/csv; charset=utf-8');
      const [header = '', ...lines] = accepted.text.trimEnd().split('\r\n');
      expect(header.split(',')).toEqual(Object.keys(body.rows[0]));
      expect(lines).toEqual(body.rows.map((row: object) => Object.values(row).join(',')));
    },
  );

  it('a CSV without rows has its header', async () => {
    expect((await get('orders?from=2001-01-01&to=2001-01-02&format=csv').expect(200)).text).toBe(
      'time,product,count\r\n',
    );
  });
});

describe('a wrong query', () => {
  it.each([
    ['daily?from=yesterday', 'from', 'yesterday'],
    ['daily?from=2019-02-29', 'from', '2019-02-29'],
    ['daily?from=0000-01-01&to=0000-02-01', 'from', '0000-01-01'],
    ['daily?to=2019-1-1', 'to', '2019-1-1'],
    ['daily?from=2019-01-01T00:00:00Z', 'from', '2019-01-01T00:00:00Z'],
    ["daily?from='; DROP TABLE events--", 'from', "'; DROP TABLE events--"],
    ['daily?from=', 'from', ''],
    ['daily?from=2019-01-01&from=2019-01-02', 'from', ['2019-01-01', '2019-01-02']],
    ['daily?product=shoes', 'product', 'shoes'],
    ['daily?product=__proto__', 'product', '__proto__'],
    ['daily?device=tablet', 'device', 'tablet'],
    ['orders?device=mobile', 'device', 'device'],
    ['orders?product=Clothes', 'product', 'Clothes'],
    ['devices?year=19', 'year', '19'],
    ['devices?year=2100', 'year', '2100'],
    ['devices?year=2019&year=2020', 'year', ['2019', '2020']],
    ['devices?count=people', 'count', 'people'],
    ['funnel?product=clothes', 'product', 'product'],
    ['today?from=2019-01-01', 'from', 'from'],
    ['daily?__proto__=1', '__proto__', '__proto__'],
    ['daily?constructor=1', 'constructor', 'constructor'],
    ['daily?from[gt]=2019-01-01', 'from[gt]', 'from[gt]'],
    ['daily?format=xml', 'format', 'xml'],
    ['daily?format=csv&format=json', 'format', ['csv', 'json']],
  ])('the query %s is answered with 400, what came and what was expected', async (query, name, received) => {
    const response = await get(encodeURI(query));
    expectError(response, 400, 'bad_request');
    expect(response.body.error.message).toContain(name);
    expect(response.body.error.received).toEqual(received);
    expect(response.body.error.expected).toMatch(/\w/);
  });

  it.each([
    'from=2019-01-02&to=2019-01-01',
    'from=2019-01-01&to=2019-01-01',
    'from=0001-01-01&to=9999-12-31',
    'from=2999-01-01',
    'to=1999-01-01',
  ])('a range that can not be is answered with 400: %s', async (range) => {
    for (const chart of ['daily', 'orders', 'funnel'])
      expectError(await get(`${chart}?${range}`), 400, 'bad_request');
  });

  it.each([
    'from=0001-01-01&to=0001-02-01',
    'from=9999-12-01&to=9999-12-31',
    'from=2000-01-01&to=2100-01-01',
  ])('a range that is only unusual is answered: %s', async (range) => {
    for (const chart of ['daily', 'orders', 'funnel']) await get(`${chart}?${range}`).expect(200);
  });
});

/** Stores what the other tests don't know of. */
async function storeLate(event: ShopEvent, partition: number): Promise<void> {
  const subscription = { clusterId: 'test', group: 'test', topic: 'of another shop' };
  const record = { offset: 0n, timestamp: 0, key: null, value: Buffer.from(JSON.stringify(event)) };
  await storeBatch(line.pool, subscription, { partition, records: [record] }, undefined, 1n);
}

describe('an answer', () => {
  it('the answer of a chart is kept until something is stored, and made anew then', async () => {
    const ask = async () => (await get('daily?from=2018-05-01&to=2018-05-02').expect(200)).body.meta;
    const [first, again] = [await ask(), await ask()];
    expect(again).toEqual(first);
    await storeLate(anEvent({ time: '2018-05-01T12:00:00.000Z' }), 0);
    await eventually(async () => (await ask()).total === 1);
    expect((await ask()).as_of).not.toBe(first.as_of);
  });
});
