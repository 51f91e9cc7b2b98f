// The dataset's commands. Each writes its result to standard output and returns the exit code.

import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Config } from '../src/config.ts';
import { databaseUrlOf } from '../src/connections.ts';
import { explainConnection } from '../src/db/errors.ts';
import { migrate } from '../src/db/migrate.ts';
import { openPool, type Pool } from '../src/db/pool.ts';
import { createLog, type Logger } from '../src/runtime/log.ts';
import { standardOutput } from '../src/runtime/standard-output.ts';
import { countDatasetSessions } from '../src/sessions/dataset/count.ts';
import { loadFile } from './load.ts';
import { PUBLISHED_ROWS } from './published.ts';
import { writeReplica } from './replica.ts';
import { loadSample } from './sample.ts';
import { describeExploration, describeLoad, describeVerification, showProgress } from './terminal.ts';
import { verifyCounts } from './verify.ts';

const DONE = 0;
const NOT_ALL = 1;

/** Runs `work` on the configured database, after the migrations. */
async function withDatabase<T>(config: Config, work: (pool: Pool, log: Logger) => Promise<T>): Promise<T> {
  const log = createLog('seed', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);
  const databaseUrl = await databaseUrlOf(config);
  const pool = openPool(databaseUrl, log);
  try {
    await pool.query('SELECT').catch((error) => {
      throw explainConnection(error, databaseUrl);
    });
    await migrate(pool, log, config.TIME_ZONE);
    return await work(pool, log);
  } finally {
    await pool.end();
  }
}

/**
 * Loads a file, or the sample where none is given.
 * @returns 1 where rows were set aside
 */
export function seed(config: Config, file: string | undefined, strict: boolean): Promise<number> {
  return withDatabase(config, async (pool, log) => {
    if (file === undefined) {
      const loaded = await loadSample(pool, log);
      console.log(
        loaded === undefined
          ? 'Something was loaded before: the sample is not needed.'
          : describeLoad(loaded),
      );
      return DONE;
    }
    const { onProgress, onSessions, clear } = showProgress(process.stderr);
    const result = await loadFile({ pool, log, file, strict, onProgress }).finally(clear);
    console.log(describeLoad(result));
    // The charts have the rows by now. Where this is interrupted, the next load or the first request for sessions counts them.
    await countDatasetSessions(pool, onSessions).finally(clear);
    return result.rejected === 0 ? DONE : NOT_ALL;
  });
}

/**
 * Writes a replica of the dataset.
 * @param file standard output where left out
 */
export async function replica(
  rows: number | undefined,
  seedNumber: number,
  file: string | undefined,
): Promise<number> {
  const out = file === undefined ? standardOutput() : createWriteStream(file);
  await writeReplica({ rows: rows ?? PUBLISHED_ROWS, seed: seedNumber, out });
  if (out === process.stdout) return DONE;
  out.end();
  await finished(out);
  return DONE;
}

/** Answers the questions of the original's notebook about the file, as tables or as JSON. */
export async function explore(file: string, json: boolean): Promise<number> {
  const { exploreFile } = await import('./explore.ts');
  const exploration = await exploreFile(file);
  console.log(json ? JSON.stringify(exploration, undefined, 2) : describeExploration(exploration));
  return DONE;
}

/**
 * Compares what was loaded with the published counts, cell by cell.
 * @returns 1 where a cell differs
 */
export function verify(config: Config): Promise<number> {
  return withDatabase(config, async (pool) => {
    const verification = await verifyCounts(pool);
    console.log(describeVerification(verification));
    return verification.different === 0 ? DONE : NOT_ALL;
  });
}
