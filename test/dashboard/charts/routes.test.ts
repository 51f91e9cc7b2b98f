// Every chart against a recount of the raw rows: a seeded history around the zone's midnights and clock changes.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { dayIn } from '../../../src/dashboard/charts/range.ts';
import { DEVICES, type ShopEvent, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { addDays } from '../../../src/runtime/day.ts';
import { expectError } from '../../support/answers.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { whileSame } from '../../support/while-same.ts';

const ZONE = 'Europe/Berlin';
let line: Line;
let events: ShopEvent[];

/** Moments around midnight in Berlin, on a day of 23 hours, one of 25, and a plain one. */
const MOMENTS = [
  '2019-01-31T22:59:59.999Z',
  '2019-01-31T23:00:00.000Z',
  '2019-03-30T23:00:00.000Z',
  '2019-03-31T00:59:00.000Z',
  '2019-03-31T01:00:00.000Z',
  '2019-03-31T21:59:59.999Z',
  '2019-03-31T22:00:00.000Z',
  '2019-10-26T22:00:00.000Z',
  '2019-10-27T00:30:00.000Z',
  '2019-10-27T01:30:00.000Z',
  '2019-10-27T22:59:59.999Z',
  '2019-12-31T22:59:59.999Z',
  '2019-12-31T23:00:00.000Z',
];

/** A pseudo-random history that is the same in every run. */
function history(): ShopEvent[] {
  let state = 7;
  const draw = <T>(list: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return list[Math.floor((state / 2 ** 31) * list.length)] as T;
  };
  const users = Array.from({ length: 40 }, () => anEvent().user_id);
  return Array.from({ length: 1_500 }, () =>
    anEvent({
      title: draw(TITLES),
      product: draw(PRODUCTS),
      site_version: draw(DEVICES),
      user_id: draw(users),
      time: draw(MOMENTS),
    }),
  );
}

beforeAll(async () => {
  line = await startLine({ timeZone: ZONE, ingest: false });
  events = history();
  const subscription = { clusterId: 'test', group: 'test', topic: 'ecommerce' };
  for (const partition of [0, 1, 2]) {
    const records = events
      .filter((_, index) => index % 3 === partition)
      .map((event, index) => ({
        offset: BigInt(index),
        timestamp: 0,
        key: null,
        value: Buffer.from(JSON.stringify(event)),
      }));
    await storeBatch(line.pool, subscription, { partition, records }, undefined, BigInt(records.length));
  }
});

const get = (path: string) => request(line.url).get(`/api/charts/${path}`);
const dayOf = (time: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' }).format(new Date(time));

/** How many events there are by what `key` makes of each. */
function count(key: (event: ShopEvent) => string | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const event of events) {
    const name = key(event);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Chart rows as the same kind of record, without zeros. */
function counted<R extends { count: number }>(
  rows: readonly R[],
  key: (row: R) => string,
): Record<string, number> {
  return Object.fromEntries(rows.filter((row) => row.count > 0).map((row) => [key(row), row.count]));
}

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

describe('the chart of orders', () => {
  type Row = { time: string; product: string; count: number };
  const orders = (from: string, to: string, floor: (time: string) => string) =>
    count(({ title, time, product }) =>
      title === 'order' && dayOf(time) >= from && dayOf(time) < to ? `${floor(time)} ${product}` : undefined,
    );

  it.each([
    ['2019-03-31', '2019-04-01', 'hour', 3_600_000],
    ['2019-10-27', '2019-10-28', 'hour', 3_600_000],
    ['2019-10-20', '2019-11-01', 'hour', 3_600_000],
  ] as const)('counts %s to %s by the %s', async (from, to, resolution, ms) => {
    const { body } = await get(`orders?from=${from}&to=${to}`).expect(200);
    expect(body.meta.resolution).toBe(resolution);
    const floor = (time: string) => new Date(Math.floor(Date.parse(time) / ms) * ms).toISOString();
    expect(counted<Row>(body.rows, ({ time, product }) => `${time} ${product}`)).toEqual(
      orders(from, to, floor),
    );
  });

  it('the chart of orders counts longer ranges by the day, which begins at midnight of the zone', async () => {
    const { body } = await get('orders?from=2019-01-01&to=2020-01-02').expect(200);
    expect(body.meta.resolution).toBe('day');
    expect(counted<Row>(body.rows, ({ time, product }) => `${dayOf(time)} ${product}`)).toEqual(
      orders('2019-01-01', '2020-01-02', dayOf),
    );
    for (const { time } of body.rows)
      expect(new Date(time).toLocaleTimeString('de', { timeZone: ZONE })).toBe('00:00:00');
  });

  it('the chart of orders counts only one product where that is asked for', async () => {
    const { body } = await get('orders?from=2019-01-01&to=2020-01-02&product=clothes').expect(200);
    expect(body.meta.total).toBe(
      events.filter(({ title, product }) => title === 'order' && product === 'clothes').length,
    );
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

  it('the answer of orders has minutes where it is of today', async () => {
    let partition = 0;
    await whileSame(
      () => dayIn(ZONE),
      async () => {
        const now = new Date();
        partition += 1;
        await storeLate(anEvent({ time: now.toISOString(), title: 'order' }), partition);
        const today = dayIn(ZONE, now);
        const { body } = await get(`orders?from=${today}&to=${addDays(today, 1)}`).expect(200);
        expect(body.meta.resolution).toBe('minute');
        expect(body.rows).toMatchObject([{ time: `${now.toISOString().slice(0, 16)}:00.000Z`, count: 1 }]);
      },
    );
  });
});
