// A PostgreSQL for a benchmark: the embedded server in a folder of its own, with the program's schema.

import { startEmbeddedPostgres } from '../src/db/embedded/server.ts';
import { migrate } from '../src/db/migrate.ts';
import { openPool, type Pool } from '../src/db/pool.ts';
import { createLog } from '../src/runtime/log.ts';
import { freePort } from '../test/support/ports.ts';
import { dataFolder } from './program.ts';

export type BenchDatabase = {
  readonly url: string;
  readonly pool: Pool;
  /** Of the process that has started all others of the server. */
  readonly pid: number;
  stop(): Promise<void>;
};

/** Starts an empty, migrated database; stop() removes it. */
export async function startDatabase(): Promise<BenchDatabase> {
  const data = dataFolder();
  const log = createLog('bench', 'warn', false);
  const server = await startEmbeddedPostgres(data.folder, await freePort(), log);
  const pool = openPool(server.url, log);
  await migrate(pool, log, 'UTC');
  return {
    url: server.url,
    pool,
    pid: server.pid ?? 0,
    stop: async () => {
      await pool.end();
      await server.stop();
      data.remove();
    },
  };
}
