// The command `sessions verify`. Exit codes: 0 no difference, 1 some, or the command failed.

import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { openPool, type Pool } from '../db/pool.ts';
import { createKafka, describeCluster } from '../kafka/client.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { formatNumber, renderTable, type TableRow } from '../runtime/table.ts';
import { type DatasetDifference, verifyDataset } from './dataset/verify.ts';
import { DONE, exitCodeOf, NOT_ALL } from './exit.ts';
import { verifySessions } from './live/verify.ts';

/** Compares the live sessions with those of the batch over the stored events. */
export const verify = (config: Config, hours: number): Promise<number> =>
  exitCodeOf('sessions verify', () =>
    withPool(config, async (pool, log) => {
      const kafka = createKafka(clusterOf(config), 'shopstream-sessions', log);
      const clusterId = await describeCluster(kafka, clusterOf(config));
      const ingest = { clusterId, group: config.KAFKA_GROUP, topic: config.KAFKA_TOPIC };
      const { from, events, sessions, differences } = await verifySessions(pool, ingest, hours);
      return say(`${formatNumber(sessions)} sessions since ${from}`, events, differences);
    }),
  );

/** Compares the figures of loaded sessions with those of the batch over the loaded events. */
export const verifyLoaded = (config: Config): Promise<number> =>
  exitCodeOf('sessions verify', () =>
    withPool(config, async (pool) => {
      const { events, sessions, differences } = await verifyDataset(pool);
      return say(`${formatNumber(sessions)} sessions of the dataset`, events, differences.map(rowOf));
    }),
  );

async function withPool(config: Config, work: (pool: Pool, log: Logger) => Promise<number>): Promise<number> {
  const log = createLog('sessions', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);
  const pool = openPool(await databaseUrlOf(config), log);
  try {
    return await work(pool, log);
  } finally {
    await pool.end();
  }
}

function say(compared: string, events: number, differences: readonly TableRow[]): number {
  console.log(
    `${compared}, of ${formatNumber(events)} events: ${formatNumber(differences.length)} differences`,
  );
  if (differences.length > 0) console.log(renderTable(differences));
  return differences.length === 0 ? DONE : NOT_ALL;
}

/** A half hour's stored figures and those found again. */
const rowOf = ({ from, stored, found }: DatasetDifference): TableRow => ({
  from,
  sessions: stored?.sessions ?? 0,
  found_sessions: found?.sessions ?? 0,
  events: stored?.events ?? 0,
  found_events: found?.events ?? 0,
  duration_ms: stored?.duration_ms ?? 0,
  found_duration_ms: found?.duration_ms ?? 0,
});
