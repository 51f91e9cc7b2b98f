// The sample: a small replica, so that no chart of a new database is empty. Loading a real file removes it.

import { Readable } from 'node:stream';
import type { Pool } from '../src/db/pool.ts';
import type { Logger } from '../src/runtime/log.ts';
import { countDatasetSessions } from '../src/sessions/dataset/count.ts';
import type { Source } from './csv/packing.ts';
import { SAMPLE_FIRST_ID } from './load/merge/sample-rows.ts';
import type { LoadResult } from './load/progress.ts';
import { runLoad } from './load/run.ts';
import { replicaChunks } from './replica.ts';

const SAMPLE = { rows: 20_000, seed: 2019, firstId: SAMPLE_FIRST_ID } as const;

/**
 * Loads the sample, in about a second.
 * @returns undefined, and nothing is loaded, where a load was finished or begun before
 */
export async function loadSample(pool: Pool, log: Logger): Promise<LoadResult | undefined> {
  const { rowCount } = await pool.query('SELECT FROM loads UNION ALL SELECT FROM unfinished_load LIMIT 1');
  if (rowCount !== 0) return undefined;
  const result = await runLoad({ open: sampleSource, again: false, sample: true }, { pool, log });
  await countDatasetSessions(pool);
  log.info({ rows: result.added, seconds: result.seconds }, 'loaded the sample');
  return result;
}

async function sampleSource(): Promise<Source> {
  const chunks = Readable.from(replicaChunks(SAMPLE));
  return { name: 'sample', packing: 'plain', size: undefined, taken: () => 0, chunks };
}
