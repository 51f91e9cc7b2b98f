// The database of the commands: the configured one, or the embedded one, which is started for the time of the command unless it
// runs. A run over files has its state in Postgres too, from which a killed run resumes.

import type { Config } from '../config.ts';
import { embeddedUrl, startEmbeddedPostgres } from '../db/embedded/server.ts';
import { explainConnection } from '../db/errors.ts';
import { migrate } from '../db/migrate.ts';
import { openPool, type Pool } from '../db/pool.ts';
import { codeOf } from '../runtime/errors.ts';
import { createLog, type Logger } from '../runtime/log.ts';

/**
 * Runs `work` on the database, brought to the program's schema.
 * @param prepare called before an embedded server is started; the returned function is called at the end
 * @throws {DatabaseError} where it can't be reached
 */
export async function withDatabase<T>(
  config: Config,
  prepare: () => () => void,
  work: (pool: Pool, log: Logger) => Promise<T>,
): Promise<T> {
  const log = createLog('aggregate', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);
  const known = config.DATABASE_URL ?? (await embeddedUrl(config.DATA_DIR, config.POSTGRES_PORT));
  if (known !== undefined && (await answers(known, log, config.DATABASE_URL !== undefined)))
    return use(known, config, log, work);
  const release = prepare();
  const server = await startEmbeddedPostgres(config.DATA_DIR, config.POSTGRES_PORT, log);
  try {
    return await use(server.url, config, log, work);
  } finally {
    await server.stop();
    release();
  }
}

/** @param must true where there is no other database to try */
async function answers(url: string, log: Logger, must: boolean): Promise<boolean> {
  const pool = openPool(url, log, 1);
  try {
    await pool.query('SELECT');
    return true;
  } catch (error) {
    if (must || codeOf(error) !== 'ECONNREFUSED') throw explainConnection(error, url);
    return false;
  } finally {
    await pool.end();
  }
}

async function use<T>(
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
