import { expect, it } from 'vitest';
import { CELLS, MOST_ROWS_OF_A_USER, shareOut } from '../../../seed/published.ts';
import { replicaRows } from '../../../seed/replica/rows.ts';
import { md5Hex, ORDER_PAGE_ID } from '../../../src/events/ids.ts';
import { rowsOf } from '../support.ts';

type Fields = readonly [string, string, string, string, string, string, string, string];
const ROWS = 30_000;
const rows = rowsOf(ROWS).map((line) => line.split(',') as unknown as Fields);

it('a replica has each cell’s share of the rows', () => {
  const counts = CELLS.map(
    ({ product, device, title }) =>
      rows.filter((row) => row[3] === product && row[4] === device && row[6] === title).length,
  );
  expect(counts).toEqual(shareOut(ROWS));
});

it('a replica has as many rows as asked for, from one on', () => {
  for (let size = 1; size <= 300; size++)
    expect([...replicaRows({ rows: size, seed: 1 })]).toHaveLength(size);
});

it('a replica’s ids are made as the dataset’s are', () => {
  expect(rows.map(([orderId]) => orderId)).toEqual(rows.map((_, index) => md5Hex(String(index))));
  const wrong = ([, , page, , , , title, target]: Fields) =>
    (page === ORDER_PAGE_ID) !== (title === 'order') || target !== (title === 'order' ? '1' : '0');
  expect(rows.filter(wrong)).toEqual([]);
  expect(rows.some(([, user]) => user === md5Hex('7'))).toBe(true);
});

it('a banner is shown before it is clicked, and clicked on the page that was shown', () => {
  const shown = new Map(
    rows.filter(([, , , , , , title]) => title === 'banner_show').map((row) => [row[2], row]),
  );
  for (const [, user, page, product, device, time, title] of rows) {
    if (title !== 'banner_click') continue;
    const show = shown.get(page);
    expect(show?.slice(1, 5)).toEqual([user, page, product, device]);
    expect(String(show?.[5]) < time).toBe(true);
  }
});

it('a user is shown what the user orders before the order', () => {
  const shown = new Map<string, string>();
  for (const [, user, , product, , time, title] of rows) {
    const key = `${user} ${product}`;
    if (title === 'banner_show' && time < (shown.get(key) ?? '9')) shown.set(key, time);
  }
  const orders = rows.filter(([, , , , , , title]) => title === 'order');
  const isFirst = ([, user, , product, , time]: Fields) => time <= (shown.get(`${user} ${product}`) ?? '9');
  expect(orders.length).toBeGreaterThan(0);
  expect(orders.filter(isFirst)).toEqual([]);
});

it('a replica lies in January to May 2019, with quiet nights and weekends', () => {
  const times = rows.map((row) => row[5]);
  const usual = /^2019-0[1-5]-\d\d [0-2]\d:[0-5]\d:[0-5]\d$/;
  expect(times.filter((time) => !usual.test(time))).toEqual([]);
  const hours = (hour: string) => times.filter((time) => time.slice(11, 13) === hour).length;
  expect(hours('20')).toBeGreaterThan(5 * hours('03'));
  const weekday = (day: number) =>
    times.filter((time) => new Date(`${time.replace(' ', 'T')}Z`).getUTCDay() === day).length;
  expect(weekday(6) / weekday(3)).toBeLessThan(0.85);
});

it('no user of a replica has more rows than the busiest of the dataset', () => {
  const counts = new Map<string, number>();
  for (const [, user] of rows) counts.set(user, (counts.get(user) ?? 0) + 1);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(MOST_ROWS_OF_A_USER);
  expect(rows.length / counts.size).toBeCloseTo(2, 0);
});
