// One load at a time: two connections, each with an advisory lock of the session, which no killed loader keeps.

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Pool } from '../../src/db/pool.ts';
import { DatasetError } from '../errors.ts';

/** A lock for each connection, as either of them can outlive a killed loader by a second. */
const LOCK_KEYS = { main: 0x550a, side: 0x550b };
const WAIT_SECONDS = 10;

export type Connections = {
  /** Copies rows in, then builds the index. */
  readonly main: pg.PoolClient;
  /** Counts meanwhile, then attaches the table. */
  readonly side: pg.PoolClient;
};

/**
 * Runs `work` as the only load of this database.
 * @param waitSeconds how long it waits for another one to end
 * @throws {DatasetError} LOAD_RUNNING
 */
export async function withConnections<T>(
  pool: Pool,
  work: (connections: Connections) => Promise<T>,
  waitSeconds = WAIT_SECONDS,
): Promise<T> {
  const clients: pg.PoolClient[] = [];
  // Without a listener, a connection that dies between two queries would end the process.
  const onError = () => {};
  try {
    for (let count = 0; count < 2; count++) {
      const client = await pool.connect();
      clients.push(client);
      client.on('error', onError);
      await prepare(client);
    }
    const [main, side] = clients;
    if (main === undefined || side === undefined) throw new Error('expected two connections');
    await takeLock(main, LOCK_KEYS.main, waitSeconds);
    await takeLock(side, LOCK_KEYS.side, waitSeconds);
    return await work({ main, side });
  } finally {
    // Closed, not returned: the pool must not see their settings and temporary tables.
    for (const client of clients) client.release(true);
  }
}

async function prepare(client: pg.PoolClient): Promise<void> {
  // The server notices a killed loader within a second, also during a statement. Some platforms lack this setting.
  await client.query(`SET client_connection_check_interval = '1s'`).catch(() => {});
  // Commits that a crash of the server loses are read again; the last one, which attaches the table, waits for the disk.
  await client.query(`SET synchronous_commit = off`);
  // Counting millions of users is faster in one process with a hash table in memory than in two parallel workers.
  await client.query(`SET work_mem = '256MB'`);
  await client.query(`SET max_parallel_workers_per_gather = 0`);
  await client.query(`SET maintenance_work_mem = '256MB'`);
  await client.query(`SET max_parallel_maintenance_workers = 1`);
}

async function takeLock(client: pg.PoolClient, key: number, waitSeconds: number): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1000;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      key,
    ]);
    if (rows[0]?.taken) return;
    if (performance.now() > deadline) throw await alreadyRunning(client);
    await sleep(250);
  }
}

async function alreadyRunning(client: pg.PoolClient): Promise<DatasetError> {
  const { rows } = await client.query<{ source: string }>('SELECT source FROM unfinished_load');
  const what = rows[0]?.source ?? 'another file';
  return new DatasetError(
    'LOAD_RUNNING',
    `${what} is being loaded into this database: wait until it is done`,
  );
}
