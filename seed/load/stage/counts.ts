// The counts of a load's rows, made in temporary tables of the connection that attaches the table.

import type pg from 'pg';
import { DEVICES } from '../../../src/events/event.ts';
import { daysOf, minutesOf } from '../../../src/rollups/loaded.ts';
import { LOADED_SOURCE } from '../../../src/rollups/rollups.ts';
import { stageTable, type Unfinished } from './unfinished.ts';

/** PostgreSQL's InvalidBlockNumber, above any block. */
const NO_BLOCK = 2 ** 32 - 1;

/**
 * Counts the load's rows by day and its orders by minute while the next ones are read, when a core is idle and the pages
 * that were just written are still in memory.
 */
export class RunningCounts {
  readonly #client: pg.PoolClient;
  /** Number of blocks of the load's table that were counted. */
  #blocks = 0;
  #counting: Promise<void> = Promise.resolve();
  #zone = '';

  /** @param client the connection that will attach the table */
  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** Begins to count the blocks before `blocks`, to which no row is added any more. */
  follow(load: Unfinished, blocks: number): void {
    this.#counting = this.#counting.then(() => this.#count(load, blocks));
    // finish() awaits this and throws its error.
    this.#counting.catch(() => {});
  }

  /** Counts the remaining blocks. @returns the time zone of the counted days */
  async finish(load: Unfinished): Promise<string> {
    await this.#counting;
    await this.#count(load);
    if ((await this.#counted()) === load.rows) return this.#zone;
    // PostgreSQL has put rows into blocks that were counted before.
    return this.again(load);
  }

  /** Counts all rows again, after some were deleted or the time zone has changed. */
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
    // Filtered counts, as GROUP BY device would sort four million rows first.
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

/** The database's time zone. */
export async function readZone(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ zone: string }>('SELECT shop_time_zone() AS zone');
  return rows[0]?.zone ?? '';
}
