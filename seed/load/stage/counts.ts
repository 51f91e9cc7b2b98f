// The counts of a load's rows, made aside in temporary tables of the connection that attaches the table.

import type pg from 'pg';
import { DEVICES } from '../../../src/events/event.ts';
import { daysOf, minutesOf } from '../../../src/rollups/loaded.ts';
import { LOADED_SOURCE } from '../../../src/rollups/rollups.ts';
import { stageTable, type Unfinished } from './unfinished.ts';

/** Behind any block (PostgreSQL's InvalidBlockNumber). */
const NO_BLOCK = 2 ** 32 - 1;

/**
 * The load's rows by day and its orders by minute, counted while the next ones are being read: there is a core to spare
 * then, and pages that were just written are still in memory.
 */
export class RunningCounts {
  readonly #client: pg.PoolClient;
  /** Blocks of the load's table that are counted. */
  #blocks = 0;
  #counting: Promise<void> = Promise.resolve();
  #zone = '';

  /** @param client the connection that will attach the table */
  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Counts the blocks before `blocks`, soon. No row may be added to these any more. */
  follow(load: Unfinished, blocks: number): void {
    this.#counting = this.#counting.then(() => this.#count(load, blocks));
    // finish() waits for it and hears of it.
    this.#counting.catch(() => {});
  }

  /** Counts what is left; the time zone that the first days were of. */
  async finish(load: Unfinished): Promise<string> {
    await this.#counting;
    await this.#count(load);
    if ((await this.#counted()) === load.rows) return this.#zone;
    // PostgreSQL may have put a row where there was room before.
    return this.again(load);
  }

  /** Counts all rows: some were taken away, or the time zone has changed. */
  async again(load: Unfinished): Promise<string> {
    await this.#counting;
    this.#blocks = 0;
    await this.#count(load);
    return this.#zone;
  }

  async #count(load: Unfinished, end = NO_BLOCK): Promise<void> {
    if (this.#blocks === 0) await this.#begin();
    const rows = `(SELECT * FROM ${stageTable(load)} WHERE ctid >= '(${this.#blocks},0)' AND ctid < '(${end},0)') AS counted`;
    await this.#client.query(`INSERT INTO staged_days ${daysOf(rows)}`);
    await this.#client.query(`INSERT INTO staged_minutes ${minutesOf(rows)}`);
    this.#blocks = end;
  }

  async #begin(): Promise<void> {
    this.#zone = await readZone(this.#client);
    await this.#client.query(
      `DROP TABLE IF EXISTS staged_days, staged_minutes;
       CREATE TEMP TABLE staged_days AS ${daysOf('events')} LIMIT 0;
       CREATE TEMP TABLE staged_minutes AS ${minutesOf('events')} LIMIT 0`,
    );
  }

  async #counted(): Promise<number> {
    const { rows } = await this.#client.query<{ rows: number }>(
      'SELECT coalesce(sum(count), 0)::bigint AS rows FROM staged_days',
    );
    return rows[0]?.rows ?? 0;
  }
}

/** Counts the load's users by year and device; after its days. */
export async function countUsers(client: pg.PoolClient, load: Unfinished): Promise<void> {
  const table = stageTable(load);
  await client.query('DROP TABLE IF EXISTS staged_users');
  await client.query('CREATE TEMP TABLE staged_users (LIKE year_users INCLUDING DEFAULTS)');
  const { rows: years } = await client.query<{ year: number }>(
    'SELECT DISTINCT extract(year FROM day)::integer AS year FROM staged_days',
  );
  for (const { year } of years) {
    // Two filtered counts, as grouping by device would first sort four million rows.
    await client.query(
      `INSERT INTO staged_users (year, device, source, users)
       SELECT $1, device, ${LOADED_SOURCE}, users
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
}

/** The time zone that the days of the charts are of. */
export async function readZone(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ zone: string }>('SELECT shop_time_zone() AS zone');
  return rows[0]?.zone ?? '';
}
