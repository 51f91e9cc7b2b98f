// The counts of a load's rows, made aside on the connection that publishes them.

import type pg from 'pg';
import { DEVICES } from '../../src/events/event.ts';
import { daysOf, minutesOf } from './counts.ts';
import { stageTable, type Unfinished } from './stage.ts';

/** Counts the load's rows into temporary tables of this connection; the time zone that the days are of. */
export async function countStage(client: pg.PoolClient, load: Unfinished): Promise<string> {
  const table = stageTable(load);
  await client.query('DROP TABLE IF EXISTS staged_days, staged_minutes, staged_users');
  const zone = await readZone(client);
  await client.query(`CREATE TEMP TABLE staged_days AS ${daysOf(table)}`);
  await client.query(`CREATE TEMP TABLE staged_minutes AS ${minutesOf(table)}`);
  await client.query('CREATE TEMP TABLE staged_users (LIKE year_users)');
  const { rows: years } = await client.query<{ year: number }>(
    'SELECT DISTINCT extract(year FROM day)::integer AS year FROM staged_days',
  );
  for (const { year } of years) {
    // Two filtered counts, as grouping by device would first sort four million rows.
    await client.query(
      `INSERT INTO staged_users (year, device, source, users)
       SELECT $1, device, -1, users
       FROM (
         SELECT ${DEVICES.map((device) => `count(*) FILTER (WHERE site_version = '${device}') AS ${device}`).join(', ')}
         FROM (
           SELECT DISTINCT user_id, site_version FROM ${table}
           WHERE "time" >= (SELECT year_start($1)) AND "time" < (SELECT year_start($1 + 1))
         ) AS seen
       ) AS counts, LATERAL (VALUES ${DEVICES.map((device) => `('${device}'::site_version, ${device})`).join(', ')})
         AS by_device (device, users)
       WHERE users > 0`,
      [year],
    );
  }
  return zone;
}

/** The time zone that the days of the charts are of. */
export async function readZone(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ zone: string }>('SELECT shop_time_zone() AS zone');
  return rows[0]?.zone ?? '';
}
