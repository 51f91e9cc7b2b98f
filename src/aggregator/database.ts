// The database of a command: DATABASE_URL, or the embedded server, which is started for the command unless it runs already. Runs over
// files keep their state in Postgres too, so that a killed run resumes.

import type { Config } from '../config.ts';
import { embeddedUrl, startEmbeddedPostgres } from '../db/embedded/server.ts';
import { explainConnection } from '../db/errors.ts';
import { migrate } from '../db/migrate.ts';
import { openPool, type Pool } from '../db/pool.ts';
import { codeOf } from '../runtime/errors.ts';
import { createLog, type Logger } from '../runtime/log.ts';

/**
 * Runs `work` on the database, once it has the program's schema.
 * @param prepare called before an embedded server is started; the function that it returns is called once that server has ended, or
 *   did not start
 * @throws {DatabaseError} where Postgres can't be reached, started or migrated; what `work` throws
 */
export async function withDatabase<T>(
  config: Config,
  prepare: () => () => void,
  work: (pool: Pool, log: Logger) => Promise<T>,
): Promise<T> {
  const log = createLog('aggregate', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);
  const known = config.DATABASE_URL ?? (await embeddedUrl(config.DATA_DIR, config.POSTGRES_PORT));
  if (known !== undefined && (await isReachable(known, log, config.DATABASE_URL !== undefined)))
    return onDatabase(known, config, log, work);
  const release = prepare();
  try {
    const server = await startEmbeddedPostgres(config.DATA_DIR, config.POSTGRES_PORT, log);
    try {
      return await onDatabase(server.url, config, log, work);
    } finally {
      await server.stop();
    }
  } finally {
    release();
  }
}

/** @param isRequired throws instead of returning false, as there is no other database to try */
async function isReachable(url: string, log: Logger, isRequired: boolean): Promise<boolean> {
  const pool = openPool(url, log, 1);
  try {
    await pool.query('SELECT');
    return true;
  } catch (error) {
    if (isRequired || codeOf(error) !== 'ECONNREFUSED') throw explainConnection(error, url);
    return false;
  } finally {
    await pool.end();
  }
}

async function onDatabase<T>(
  url: string,
  config: Config,
  log: Logger,
  work: (pool: Pool, log: Logger) => Promise<T>,
): Promise<T> {
  const pool = openPool(url, log);
  try {
    await migrate(pool, log, config.TIME_ZONE);
    return await work(pool, log);
  } finally {
    await pool.end();
  }
}
