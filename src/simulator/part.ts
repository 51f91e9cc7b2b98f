// The shoppers of `npm start`, so that a new shop's dashboards move at once: few, slow, and marked as simulated. The switch on
// the dashboards controls them.

import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf, shopAddress } from '../connections.ts';
import { migrateWithRetries } from '../db/migrate.ts';
import { openPool } from '../db/pool.ts';
import { createKafka } from '../kafka/client.ts';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { readSecret } from '../site/secret.ts';
import { RunningCrowd } from './control/running-crowd.ts';
import { FaultRecorder } from './periods/recorder.ts';

const CONNECTIONS = 1;
/** Response timeout of statements, which take milliseconds: after half a minute the connection is dead. */
const ANSWER_MS = 30_000;

/** Starts the shoppers once Postgres answers. While the shop is away they retry at intervals. */
export async function startSimulator(config: Config, log: Logger): Promise<RunningPart> {
  const databaseUrl = await databaseUrlOf(config);
  await migrateWithRetries(databaseUrl, log, config.TIME_ZONE).ready;
  const pool = openPool(databaseUrl, log, CONNECTIONS, { answerMs: ANSWER_MS });
  const place = {
    kafka: createKafka(clusterOf(config), 'shopstream-simulator', log),
    topic: config.KAFKA_TOPIC,
    dataDir: config.DATA_DIR,
    shop: shopAddress(config),
    secret: config.COOKIE_SECRET ?? readSecret(config.DATA_DIR),
    log,
    recorder: new FaultRecorder(pool, log),
  };
  const crowd = new RunningCrowd(pool, databaseUrl, place, log);
  return {
    ended: crowd.ended,
    close: async () => {
      await crowd.close();
      await pool.end();
    },
  };
}
