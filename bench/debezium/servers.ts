// The servers of all sinks: one Postgres, and one embedded broker in a process of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/runtime/paths.ts';
import { type BenchDatabase, startDatabase } from '../database.ts';
import { dataFolder } from '../program.ts';
import { FIELDS_ONLY, WHOLE_EVENTS } from './columns.ts';
import { parentOf } from './cost.ts';
import { stopProcess } from './sink.ts';

const TABLES = [
  ...['events', 'day_counts', 'hour_orders', 'minute_counts', 'user_years', 'year_users', 'consumer_offsets'],
  ...[FIELDS_ONLY.table, WHOLE_EVENTS.table],
];

export type Servers = {
  readonly database: BenchDatabase;
  readonly kafkaPort: number;
  /** Process id of the server whose children are the backends. */
  readonly postgres: number;
  /** Truncates every table and runs a checkpoint, so that the next sink pays for none. */
  clear(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts both, with empty tables and an empty log. */
export async function startServers(): Promise<Servers> {
  const database = await startDatabase();
  const { pool } = database;
  for (const { table, columns } of [FIELDS_ONLY, WHOLE_EVENTS])
    await pool.query(`CREATE TABLE ${table} (${columns})`);
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const data = dataFolder();
  const main = path.join(packageRoot, 'dist', 'bench', 'broker', 'server.js');
  const broker = spawn(process.execPath, [main, data.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(broker.stdout), 'line')) as [string];
  return {
    database,
    kafkaPort: Number(line),
    postgres: parentOf(rows[0]?.pid ?? 0),
    clear: async () => {
      await pool.query(`TRUNCATE ${TABLES.join(', ')}`);
      await pool.query('CHECKPOINT');
    },
    stop: async () => {
      await stopProcess(broker);
      data.remove();
      await database.stop();
    },
  };
}
