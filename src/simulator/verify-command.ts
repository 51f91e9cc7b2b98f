// The command `simulate verify`. Exit codes: 0 no difference, 1 some, or a ledger that can't be read.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { openPool } from '../db/pool.ts';
import { createKafka } from '../kafka/client.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { DONE, exitCodeOf, logOf, NOT_ALL } from './exit.ts';
import { ledgerFile } from './ledger/entry.ts';
import { readLedger } from './ledger/read.ts';
import { verifyRun } from './ledger/verify.ts';
import { describeComparison } from './report.ts';

/**
 * Compares a run's ledger with the stored events, one by one.
 * @param run its id; undefined for the last one
 * @param timeoutMs how long ingest and live sessions may take to catch up
 * @param sessions whether live sessions are compared, too
 */
export const verify = (
  config: Config,
  run: string | undefined,
  timeoutMs: number,
  sessions: boolean,
): Promise<number> =>
  exitCodeOf(async () => {
    const ledger = await readLedger(ledgerFile(config.DATA_DIR, run ?? lastRun(config.DATA_DIR)));
    const log = logOf(config);
    const kafka = createKafka(clusterOf(config), 'shopstream-verify', log);
    const pool = openPool(await databaseUrlOf(config), log);
    try {
      const verifier = { kafka, pool, group: config.KAFKA_GROUP, sessions, timeoutMs };
      const compared = await verifyRun(ledger, verifier);
      console.log(describeComparison(ledger, compared).join('\n'));
      return compared.differences.length === 0 ? DONE : NOT_ALL;
    } finally {
      await pool.end();
    }
  });

function lastRun(dataDir: string): string {
  const folder = path.dirname(ledgerFile(dataDir, ''));
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const runs = files.flatMap((file) => /^run-(.+)\.ndjson$/.exec(file)?.[1] ?? []).sort();
  const last = runs.at(-1);
  if (last === undefined)
    throw new ExpectationError(
      `received no run, and ${folder} has no ledger of one, expected the id of a run`,
    );
  return last;
}
