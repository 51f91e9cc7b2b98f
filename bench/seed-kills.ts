// npm run bench:kills — SIGKILL at 20 random moments of a load, then the same command finishes it with exact counts.
// ROWS (default all) and KILLS (default 20); where a load finishes before a kill, another begins in a new database.

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PUBLISHED_ROWS } from '../seed/published.ts';
import { writeReplica } from '../seed/replica.ts';
import { verifyCounts } from '../seed/verify.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import { dataFolder } from './program.ts';

const ROWS = Number(process.env.ROWS ?? PUBLISHED_ROWS);
const KILLS = Number(process.env.KILLS ?? 20);
const LONGEST_SECONDS = Number(process.env.LONGEST_SECONDS ?? 6);

type Ended = { readonly code: number | null };

function startLoad(url: string, file: string): { child: ChildProcess; ended: Promise<Ended> } {
  const main = path.join(packageRoot, 'dist', 'src', 'main.js');
  const child = spawn(process.execPath, [main, 'seed', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DATABASE_URL: url },
  });
  const ended = new Promise<Ended>((resolve) => child.once('exit', (code) => resolve({ code })));
  return { child, ended };
}

/** @returns true where the load was killed, false where it had finished */
async function kill(database: BenchDatabase, file: string): Promise<boolean> {
  const { child, ended } = startLoad(database.url, file);
  const delay = 0.2 + Math.random() * LONGEST_SECONDS;
  await Promise.race([ended, sleep(delay * 1000)]);
  child.kill('SIGKILL');
  const { code } = await ended;
  const { rows } = await database.pool.query('SELECT rows, complete FROM unfinished_load');
  const state =
    rows[0] === undefined
      ? 'nothing unfinished'
      : `${rows[0].rows} rows${rows[0].complete ? ', all read' : ''}`;
  console.log(code === null ? `killed after ${delay.toFixed(1)} s: ${state}` : `finished with ${code}`);
  return code === null;
}

/** Checks that the database has exactly the file. */
async function check(database: BenchDatabase): Promise<void> {
  const { rows } = await database.pool.query(
    `SELECT (SELECT count(*) FROM events) AS events, (SELECT sum(count)::bigint FROM day_counts) AS counted,
       (SELECT count(*) FROM loads) AS loads`,
  );
  const { different } = await verifyCounts(database.pool);
  console.log(
    `${rows[0].events} rows, ${rows[0].counted} counted, ${rows[0].loads} load, ${different} different cells`,
  );
  const exact = rows[0].events === ROWS && rows[0].counted === ROWS && rows[0].loads === 1;
  if (!exact || (ROWS === PUBLISHED_ROWS && different > 0)) throw new Error('the counts are not exact');
}

async function finish(database: BenchDatabase, file: string): Promise<void> {
  for (const what of ['the same command again', 'and once more']) {
    const { code } = await startLoad(database.url, file).ended;
    console.log(`${what}: exit code ${code}`);
    await check(database);
  }
}

const data = dataFolder();
let database = await startDatabase();
try {
  const file = path.join(data.folder, 'product.csv');
  const out = createWriteStream(file);
  await writeReplica({ rows: ROWS, seed: 1, out });
  await new Promise((resolve) => out.end(resolve));
  for (let kills = 0; kills < KILLS; ) {
    if (await kill(database, file)) kills++;
    else {
      await check(database);
      await database.stop();
      database = await startDatabase();
    }
  }
  await finish(database, file);
} finally {
  await database.stop();
  data.remove();
}
