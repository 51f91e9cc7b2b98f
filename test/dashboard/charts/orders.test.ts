// Orders over time against a recount of the raw rows, by the minute, the hour and the day.

import { expect, it } from 'vitest';
import { dayIn } from '../../../src/dashboard/charts/range.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { addDays } from '../../../src/runtime/day.ts';
import { anEvent } from '../../support/events.ts';
import { whileSame } from '../../support/while-same.ts';
import { counted, dayOf, shopWithHistory, ZONE } from './history.ts';

const { count, events, get, line } = await shopWithHistory();

type Row = { time: string; product: string; count: number };
const orders = (from: string, to: string, floor: (time: string) => string) =>
  count(({ title, time, product }) =>
    title === 'order' && dayOf(time) >= from && dayOf(time) < to ? `${floor(time)} ${product}` : undefined,
  );

it.each([
  ['2019-03-31', '2019-04-01', 'hour', 3_600_000],
  ['2019-10-27', '2019-10-28', 'hour', 3_600_000],
  ['2019-10-20', '2019-11-01', 'hour', 3_600_000],
] as const)('orders from %s to %s are counted by the %s', async (from, to, resolution, ms) => {
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

it('the answer of orders has minutes where it is of today', async () => {
  let partition = 0;
  await whileSame(
    () => dayIn(ZONE),
    async () => {
      const now = new Date();
      partition += 1;
      const value = Buffer.from(JSON.stringify(anEvent({ time: now.toISOString(), title: 'order' })));
      const record = { offset: 0n, timestamp: 0, key: null, value };
      const subscription = { clusterId: 'test', group: 'test', topic: 'of another shop' };
      await storeBatch(line.pool, subscription, { partition, records: [record] }, undefined, 1n);
      const today = dayIn(ZONE, now);
      const { body } = await get(`orders?from=${today}&to=${addDays(today, 1)}`).expect(200);
      expect(body.meta.resolution).toBe('minute');
      expect(body.rows).toMatchObject([{ time: `${now.toISOString().slice(0, 16)}:00.000Z`, count: 1 }]);
    },
  );
});
