import { beforeAll, describe, expect, it } from 'vitest';
import { loadSample } from '../../../seed/sample.ts';
import { periodBefore, totals } from '../../../src/dashboard/charts/totals.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';

const ZONE = 'Europe/Berlin';
const MARCH = { from: '2019-03-01', to: '2019-04-01' };

describe('totals of a range', () => {
  let pool: Pool;
  beforeAll(async () => {
    pool = (await migratedDatabase(ZONE)).pool;
    await loadSample(pool, testLog);
  });

  it('totals of a range are compared with as many days before, across a change of clocks', () => {
    expect(periodBefore(MARCH)).toEqual({ from: '2019-01-29', to: '2019-03-01' });
  });

  it.each([
    [undefined, undefined],
    ['clothes', undefined],
    ['sneakers', 'mobile'],
  ] as const)('equal a recount of the raw rows: %s, %s', async (product, device) => {
    const inRange = `("time" AT TIME ZONE '${ZONE}')::date`;
    const { rows } = await pool.query(
      `SELECT title, count(*) FILTER (WHERE ${inRange} BETWEEN '2019-03-01' AND '2019-03-31') AS count,
         count(*) FILTER (WHERE ${inRange} BETWEEN '2019-01-29' AND '2019-02-28') AS before
       FROM events WHERE ($1::product IS NULL OR product = $1) AND ($2::site_version IS NULL OR site_version = $2)
       GROUP BY title ORDER BY title`,
      [product ?? null, device ?? null],
    );
    expect(await totals(pool, MARCH, product, device, USUAL)).toEqual(rows);
  });

  it('totals name every kind of event where nothing happened', async () => {
    const rows = await totals(pool, { from: '2001-01-01', to: '2001-01-02' }, undefined, undefined, USUAL);
    expect(rows.map(({ title, count, before }) => [title, count, before])).toEqual([
      ['banner_show', 0, 0],
      ['banner_click', 0, 0],
      ['order', 0, 0],
    ]);
  });
});
