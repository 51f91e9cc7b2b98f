// Loads that end half way, as a lost disk or network would have them.

import { expect } from 'vitest';
import { runLoad } from '../../seed/load/run.ts';
import { type LoadProgress, loadFile } from '../../seed/load.ts';
import type { Pool } from '../../src/db/pool.ts';
import { testLog } from '../support/database.ts';
import { countEvents } from './count-events.ts';
import { sourceOf } from './support.ts';

export const ROWS_PER_COMMIT = 3_000;

/** Reads the first bytes of a file and then fails as a lost disk would. */
export async function loadPart(pool: Pool, file: string, bytes: number): Promise<void> {
  const open = () => sourceOf(file, bytes, new Error('the disk is gone'));
  const given = { pool, log: testLog, rowsPerCommit: ROWS_PER_COMMIT };
  await expect(runLoad({ open, again: true, sample: false }, given)).rejects.toThrow('the disk is gone');
}

/** Loads a file of `rows` until some of them are merged, and not all. */
export async function mergePart(pool: Pool, file: string, rows: number): Promise<void> {
  const onProgress = ({ step }: LoadProgress) => {
    if (step === 'merging') throw new Error('the network is gone');
  };
  const load = loadFile({ pool, log: testLog, file, rowsPerCommit: 1_000, onProgress });
  await expect(load).rejects.toThrow('the network is gone');
  const merged = await countEvents(pool);
  expect(merged).toBeGreaterThan(0);
  expect(merged).toBeLessThan(rows);
}
