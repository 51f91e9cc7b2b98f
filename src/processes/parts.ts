// The parts of the program, in the order in which they start; they stop in reverse. Each is loaded only by the process
// that runs it.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { databaseUrlOf } from '../connections.ts';
import { openPool } from '../db/pool.ts';
import type { Control } from '../pipeline/control.ts';
import type { Logger } from '../runtime/log.ts';
import { PARTS, type Part } from '../runtime/part-names.ts';
import type { RunningPart } from '../runtime/running-part.ts';

const SAMPLE_CONNECTIONS = 6;
const LEAVING_TRIES = 50;
const LEAVING_PAUSE_MS = 200;

/** Parts that own a folder of DATA_DIR: one process at a time. */
export const OWNERS: readonly Part[] = ['postgres', 'broker', 'web'];

/** Parts that derive something of what is stored: where cores are short, storing comes first. */
export const FOLLOWERS: readonly Part[] = ['live', 'aggregator'];

/**
 * @param metricsOfOthers what the parts beside it have counted
 * @param control does something to them; absent where it runs alone
 */
type StartPart = (
  config: Config,
  log: Logger,
  metricsOfOthers?: () => Promise<string>,
  control?: Control,
) => Promise<RunningPart>;

/** Starts one part in this process; resolves once it does its work, or can. */
export const startPart: Readonly<Record<Part, StartPart>> = {
  postgres: async (config, log) => {
    const { startEmbeddedPostgres } = await import('../db/embedded/server.ts');
    const server = await startEmbeddedPostgres(config.DATA_DIR, config.POSTGRES_PORT, log);
    return { pid: server.pid, close: () => server.stop(), ended: server.exited };
  },
  broker: async (config, log) => {
    const { BrokerError, startBroker } = await import('../broker/broker.ts');
    const options = { dataDir: path.join(config.DATA_DIR, 'kafka'), port: config.KAFKA_PORT, log };
    for (let tries = 0; ; tries += 1) {
      try {
        return await startBroker(options);
      } catch (error) {
        // DATA_DIR is ours: whoever has the log is the broker of a killed run, on its way out.
        if (
          !(error instanceof BrokerError && error.code === 'BROKER_FOLDER_LOCKED') ||
          tries === LEAVING_TRIES
        )
          throw error;
      }
      await sleep(LEAVING_PAUSE_MS);
    }
  },
  ingest: async (config, log) => {
    const { startIngest } = await import('../ingest/part.ts');
    const running = await startIngest(config, log);
    if (config.DATABASE_URL === undefined) void loadFirstSample(config, log);
    return running;
  },
  live: async (config, log) => {
    const { startLive } = await import('../live/part.ts');
    return startLive(config, log);
  },
  aggregator: async (config, log) => {
    const { startAggregator } = await import('../aggregator/realtime/part.ts');
    return startAggregator(config, log);
  },
  simulator: async (config, log) => {
    const { startSimulator } = await import('../simulator/part.ts');
    return startSimulator(config, log);
  },
  web: async (config, log, metricsOfOthers, control) => {
    const { startWeb } = await import('../web/part.ts');
    return startWeb(config, log, { metricsOfOthers, control });
  },
};

/** The parts that a configuration leaves to this program: a configured server replaces the embedded one. */
export function embeddedParts(config: Config): readonly Part[] {
  return PARTS.filter(
    (part) =>
      !(part === 'broker' && config.KAFKA_BROKERS !== undefined) &&
      !(part === 'postgres' && config.DATABASE_URL !== undefined),
  );
}

/** So that no chart of a new embedded database is empty. The shop doesn't wait for it. */
async function loadFirstSample(config: Config, log: Logger): Promise<void> {
  const { loadSample } = await import('../../seed/sample.ts');
  const pool = openPool(await databaseUrlOf(config), log, SAMPLE_CONNECTIONS);
  try {
    await loadSample(pool, log);
  } catch (error) {
    log.warn({ err: error }, 'the sample was not loaded; "npm run seed" tries again');
  } finally {
    await pool.end();
  }
}
