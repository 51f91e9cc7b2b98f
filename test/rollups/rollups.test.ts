import { beforeAll, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { addCountsSql, countsOf, dayStart, loadedRows, ROLLUPS } from '../../src/rollups/rollups.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = (await migratedDatabase()).pool;
});

const useZone = (zone: string) =>
  pool.query(`UPDATE settings SET value = $1 WHERE name = 'time_zone'`, [zone]);

it.each([
  ['America/Havana', '2019-11-03', 'midnight comes twice', '2019-11-03T04:00:00.000Z'],
  ['America/Havana', '2019-03-10', 'there is no midnight', '2019-03-10T05:00:00.000Z'],
  ['Asia/Beirut', '2019-03-31', 'there is no midnight', '2019-03-30T22:00:00.000Z'],
  ['Asia/Beirut', '2019-10-27', 'the hour before midnight comes twice', '2019-10-26T22:00:00.000Z'],
  ['America/Sao_Paulo', '2017-10-15', 'there is no midnight', '2017-10-15T03:00:00.000Z'],
  ['Europe/Berlin', '2019-10-27', 'the clock changes later', '2019-10-26T22:00:00.000Z'],
  ['Australia/Lord_Howe', '2020-04-05', 'the clock goes back by half an hour', '2020-04-04T13:00:00.000Z'],
  ['Asia/Kathmandu', '2020-01-01', 'the clock never changes', '2019-12-31T18:15:00.000Z'],
])('a day of %s begins at its first instant on %s, where %s', async (zone, day, _, instant) => {
  await useZone(zone);
  const { rows } = await pool.query<{ at: Date; first: boolean; before: boolean }>(
    `SELECT at, (at AT TIME ZONE $2)::date = $1::date AS first, ((at - interval '1 ms') AT TIME ZONE $2)::date < $1::date AS before
     FROM (SELECT ${dayStart('$1')} AS at) AS start`,
    [day, zone],
  );
  expect(rows).toEqual([{ at: new Date(instant), first: true, before: true }]);
});

it('counts are added to those of their key, and taken away from them', async () => {
  await useZone('UTC');
  const counts = `VALUES (date '2019-01-31', 'clothes'::product, 'order'::title, 'mobile'::site_version, false, false, 3::bigint)`;
  const given = `SELECT * FROM (${counts}) AS given (day, product, title, device, robot, simulated, count)`;
  for (const sign of [1, 1, -1] as const) await pool.query(addCountsSql(ROLLUPS.days, given, '7', sign));
  expect((await pool.query('SELECT day, product, source, count FROM day_counts')).rows).toEqual([
    { day: '2019-01-31', product: 'clothes', source: 7, count: 3 },
  ]);
});

it('rows of a file are real people’s, and are grouped by what differs alone', () => {
  const sql = countsOf(ROLLUPS.hours, loadedRows('given'));
  expect(sql).toContain('false AS robot, false AS simulated');
  expect(sql.replaceAll(/\s+/g, ' ')).toContain("FROM given WHERE title = 'order' GROUP BY 1, 2");
  expect(countsOf(ROLLUPS.days, loadedRows('given'))).toMatch(/GROUP BY 1, 2, 3, 4$/);
});
