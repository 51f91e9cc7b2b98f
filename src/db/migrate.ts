// Forward-only SQL migrations, each in its own transaction, by one program at a time (advisory lock). A database that is newer than the
// program is refused, as is one that ran another text of a migration.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { codeOf, messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import { packageRoot } from '../runtime/paths.ts';
import { DatabaseError, isAway, isRefusal } from './errors.ts';
import { openPool, type Pool, transaction } from './pool.ts';
import { useTimeZone } from './time-zone.ts';
import { machineTimeZone } from './time-zone-names.ts';

/** Key of the migrations' advisory lock. */
const LOCK_KEY = 0x5509;
const OLDEST_SERVER = 150_000;
const RETRY_MS = 1_000;

type Migration = {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly sha256: string;
};

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(folder, name), 'utf8');
      return {
        version: Number(name.slice(0, 4)),
        name,
        sql,
        sha256: createHash('sha256').update(sql).digest('hex'),
      };
    }),
  );
}

/**
 * Brings the database to the program's schema, and its rollups to the wanted time zone.
 * @param timeZone IANA name; undefined keeps the database's, or takes the machine's in a new database
 * @returns the number of migrations that ran
 * @throws {DatabaseError} SCHEMA_NEWER, SCHEMA_CHANGED, SERVER_VERSION or TIME_ZONE_UNKNOWN; pg's error
 */
export async function migrate(
  pool: Pool,
  log: Logger,
  timeZone?: string,
  folder = path.join(packageRoot, 'migrations'),
): Promise<number> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  try {
    await checkServer(client);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
    try {
      const pending = await pendingMigrations(client, migrations);
      for (const migration of pending) await apply(pool, migration);
      if (pending.length > 0) log.info({ to: pending.at(-1)?.name }, `ran ${pending.length} migrations`);
      const machines = machineTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
      await useTimeZone(pool, log, timeZone, machines);
      return pending.length;
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
    }
  } finally {
    client.release();
  }
}

/**
 * Migrates as soon as Postgres can be reached, and retries while it is away. It uses connections of its own, without response timeout,
 * as a migration may take any time.
 * @returns `ready` resolves once the schema is there, or after cancel(); it rejects with a DatabaseError where retrying can't help
 */
export function migrateWithRetries(
  databaseUrl: string,
  log: Logger,
  timeZone: string | undefined,
): { ready: Promise<void>; cancel(): void } {
  const cancelled = new AbortController();
  async function run(): Promise<void> {
    const pool = openPool(databaseUrl, log);
    try {
      await tryOn(pool);
    } finally {
      await pool.end();
    }
  }
  async function tryOn(pool: Pool): Promise<void> {
    while (!cancelled.signal.aborted) {
      try {
        await migrate(pool, log, timeZone);
        return;
      } catch (error) {
        if (error instanceof DatabaseError) throw error;
        if (isRefusal(error)) {
          throw new DatabaseError(
            'SCHEMA_REFUSED',
            `DATABASE_URL: the database refused a migration: ${error.message}`,
            error,
          );
        }
        const what = isAway(error) ? "can't be reached" : 'does not take them';
        log.warn(`migrations wait, as Postgres ${what}: ${messageOf(error)}`);
      }
      await sleep(RETRY_MS, undefined, { signal: cancelled.signal }).catch(() => {});
    }
  }
  return { ready: run(), cancel: () => cancelled.abort() };
}

async function checkServer(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Number(rows[0]?.server_version_num);
  if (version < OLDEST_SERVER) {
    throw new DatabaseError(
      'SERVER_VERSION',
      `received PostgreSQL ${version / 10_000}, expected 15 or later`,
    );
  }
}

async function pendingMigrations(client: pg.PoolClient, known: Migration[]): Promise<Migration[]> {
  const applied = await appliedMigrations(client);
  const newest = known.at(-1)?.version ?? 0;
  for (const { version, name, sha256 } of applied) {
    const mine = known.find((migration) => migration.version === version);
    if (mine === undefined) {
      throw new DatabaseError(
        'SCHEMA_NEWER',
        `the database has migration ${name}, this program knows migrations up to ${newest}: start a newer Shopstream`,
      );
    }
    if (mine.sha256 !== sha256) {
      throw new DatabaseError(
        'SCHEMA_CHANGED',
        `migration ${name} differs from the one that this database ran`,
      );
    }
  }
  return known.filter(({ version }) => !applied.some((one) => one.version === version));
}

async function appliedMigrations(
  client: pg.PoolClient,
): Promise<{ version: number; name: string; sha256: string }[]> {
  try {
    return (await client.query('SELECT version, name, sha256 FROM schema_migrations ORDER BY version')).rows;
  } catch (error) {
    if (codeOf(error) !== '42P01') throw error;
    await client.query(`
      CREATE TABLE schema_migrations (
        version integer PRIMARY KEY,
        name text NOT NULL,
        sha256 text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
      )`);
    return [];
  }
}

function apply(pool: Pool, { version, name, sql, sha256 }: Migration): Promise<void> {
  return transaction(pool, async (client) => {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (version, name, sha256) VALUES ($1, $2, $3)', [
      version,
      name,
      sha256,
    ]);
  });
}
