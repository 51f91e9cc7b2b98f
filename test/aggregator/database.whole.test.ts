// The embedded server for the time of a command: started where none runs, and used where one does.

import { expect, it } from 'vitest';
import { withDatabase } from '../../src/aggregator/database.ts';
import { readConfig } from '../../src/config.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { query } from '../db/clusters.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('the embedded server is started and ended with a command, unless it runs, and keeps what was written', async () => {
  const folder = temporaryFolder();
  const config = readConfig(
    { DATA_DIR: folder, POSTGRES_PORT: String(await freePort()), LOG_LEVEL: 'silent' },
    {},
  );
  const command = async () => {
    const done: string[] = [];
    const prepare = () => {
      done.push('prepared');
      return () => void done.push('released');
    };
    await withDatabase(config, prepare, async (pool) => {
      await pool.query('CREATE TABLE IF NOT EXISTS kept (at timestamptz DEFAULT now())');
      const { rowCount } = await pool.query('INSERT INTO kept DEFAULT VALUES');
      done.push(`wrote ${rowCount}`);
    });
    return done;
  };
  expect(await command()).toEqual(['prepared', 'wrote 1', 'released']);
  // Its port is free again, and its password is known: the second command finds nobody there.
  expect(await command()).toEqual(['prepared', 'wrote 1', 'released']);
  const server = await startEmbeddedPostgres(folder, config.POSTGRES_PORT, testLog);
  try {
    expect(await command()).toEqual(['wrote 1']);
    expect(await query(server.url, 'SELECT count(*)::int AS rows FROM kept')).toEqual([{ rows: 3 }]);
  } finally {
    await server.stop();
  }
});
