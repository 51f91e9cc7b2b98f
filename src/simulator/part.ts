// The shoppers that `npm start` brings along, so that a new shop's dashboards move at once: few, slow, marked as simulated,
// and for ever. The switch on the dashboards tells them what to do.

import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { migrateWithRetries } from '../db/migrate.ts';
import { openPool } from '../db/pool.ts';
import { createKafka } from '../kafka/client.ts';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { readSecret } from '../site/secret.ts';
import { RunningCrowd } from './control/running-crowd.ts';
import { FaultRecorder } from './periods/recorder.ts';
import { shopAddress } from './shop-address.ts';

const CONNECTIONS = 1;
/** A statement takes milliseconds: half a minute of silence is a connection that leads nowhere. */
const ANSWER_MS = 30_000;

/** Starts the shoppers; it waits for Postgres. While the shop is away they come back now and then. */
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
