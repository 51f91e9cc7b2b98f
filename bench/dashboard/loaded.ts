// The whole program with a loaded file in the dataset's format.

import { spawn } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { packageRoot } from '../../src/runtime/paths.ts';
import { dataFolder, isReady, type Program, startProgram } from '../program.ts';

const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');

export type Loaded = {
  readonly rows: number;
  readonly program: Program;
  readonly databaseUrl: string;
  readonly database: pg.Client;
  /** Process id of the PostgreSQL server. */
  readonly postgres: number;
  remove(): Promise<void>;
};

/** @param file a file with that many rows; without one a replica is made */
export async function startLoaded(rows: number, file?: string): Promise<Loaded> {
  const data = dataFolder();
  const program = await startProgram(data.folder);
  await isReady(program.url);
  await seed(program, rows, file);
  const cluster = path.join(data.folder, 'postgres');
  const password = readFileSync(path.join(cluster, 'password'), 'utf8').trim();
  const databaseUrl = `postgres://shopstream:${password}@127.0.0.1:${program.env.POSTGRES_PORT}/shopstream`;
  const database = new pg.Client(databaseUrl);
  await database.connect();
  await database.query('VACUUM ANALYZE');
  // Writes the load's pages to the disk now, not while the charts are timed.
  await database.query('CHECKPOINT');
  const pidFile = readFileSync(path.join(cluster, 'cluster', 'postmaster.pid'), 'utf8');
  return {
    rows,
    program,
    databaseUrl,
    database,
    postgres: Number(pidFile.split('\n', 1)[0]),
    remove: async () => {
      await database.end();
      await program.stop();
      data.remove();
    },
  };
}

async function seed({ env }: Program, rows: number, file: string | undefined): Promise<void> {
  const into = spawn(process.execPath, [MAIN, 'seed', '-'], { env, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => into.once('close', resolve));
  const made =
    file === undefined
      ? spawn(process.execPath, [MAIN, 'replica', '--rows', String(rows)], {
          env,
          stdio: ['ignore', 'pipe', 'inherit'],
        }).stdout
      : createReadStream(file);
  made.pipe(into.stdin);
  if ((await ended) !== 0) throw new Error(`loading ${rows} rows failed`);
}
