// How the program ends where it can't start: one line, and the right exit code. test/command-line has what is wrong with its arguments.

import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startPart } from '../src/processes/parts.ts';
import { messageOf } from '../src/runtime/errors.ts';
import { expectOneLine, run } from './support/command.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from './support/database.ts';
import { startTestBroker, temporaryFolder, testConfig } from './support/line.ts';
import { freePort } from './support/ports.ts';

/** Settings with which nothing of this machine is in the way. */
async function freshSettings(): Promise<Record<string, string>> {
  const [web, kafka, postgres] = [await freePort(), await freePort(), await freePort()];
  return {
    PORT: String(web),
    KAFKA_PORT: String(kafka),
    POSTGRES_PORT: String(postgres),
    DATA_DIR: path.join(temporaryFolder(), 'data'),
  };
}

it('a port that is taken is exit code 1, and the line names its setting', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const ended = await run(['start'], { ...(await freshSettings()), POSTGRES_PORT: port });
  taken.close();
  expectOneLine(ended, 1, `port ${port} is taken`, 'for PostgreSQL with POSTGRES_PORT or --postgres-port');
});

describe('a database that is wrong', () => {
  it('a database of a newer program is exit code 1, and says which migration', async () => {
    const { url, pool } = await migratedDatabase();
    await pool.query(
      `INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, '9999_future.sql', '')`,
    );
    const broker = await startTestBroker();
    const settings = {
      ...(await freshSettings()),
      DATABASE_URL: url,
      KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
    };
    const words = ['9999_future.sql', 'start a newer Shopstream'];
    expectOneLine(await run(['start', 'ingest', 'web'], settings), 1, ...words);
    for (const part of ['web', 'ingest'] as const) {
      const started = startPart[part](readConfig(settings, {}), testLog);
      for (const word of words) await expect(started).rejects.toThrow(word);
    }
  });

  it('a database in which its user may make nothing is told, without the password', async () => {
    const url = await emptyDatabase();
    const mine = new URL(url);
    const admin = openTestPool(url);
    await admin.query('REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC');
    await admin.query(`REVOKE CREATE ON DATABASE ${mine.pathname.slice(1)} FROM ${mine.username}`);
    const broker = await startTestBroker();
    const config = await testConfig(broker.port, mine.href);
    const error: unknown = await startPart.ingest(config, testLog).catch((thrown) => thrown);
    expect(messageOf(error)).toMatch(/DATABASE_URL.*permission denied/);
    expect(messageOf(error)).not.toContain(mine.password);
  });
});

describe('a part that needs another one', () => {
  it.each(['web', 'ingest'] as const)(
    '%s without PostgreSQL says how to start it, or to set DATABASE_URL',
    async (part) => {
      const started = startPart[part](readConfig(await freshSettings(), {}), testLog);
      await expect(started).rejects.toThrow(
        /npm start -- postgres.*DATABASE_URL|DATABASE_URL.*npm start -- postgres/s,
      );
    },
  );
});
