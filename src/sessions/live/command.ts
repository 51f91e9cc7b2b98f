// `sessions verify`: what main.ts calls.

import type { Config } from '../../config.ts';
import { clusterOf, databaseUrlOf } from '../../connections.ts';
import { openPool } from '../../db/pool.ts';
import { createKafka, describeCluster } from '../../kafka/client.ts';
import { createLog } from '../../runtime/log.ts';
import { formatNumber, renderTable } from '../../runtime/table.ts';
import { DONE, NOT_ALL, told } from '../exit.ts';
import { verifySessions } from './verify.ts';

/** Compares the live sessions with what the batch finds in the stored events. */
export const verify = (config: Config, hours: number): Promise<number> =>
  told('sessions verify', async () => {
    const log = createLog('sessions', config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL);
    const kafka = createKafka(clusterOf(config), 'shopstream-sessions', log);
    const clusterId = await describeCluster(kafka, clusterOf(config));
    const pool = openPool(await databaseUrlOf(config), log);
    try {
      const ingest = { clusterId, group: config.KAFKA_GROUP, topic: config.KAFKA_TOPIC };
      const { from, events, sessions: compared, differences } = await verifySessions(pool, ingest, hours);
      console.log(
        `${formatNumber(compared)} sessions since ${from}, of ${formatNumber(events)} events: ${formatNumber(differences.length)} differences`,
      );
      if (differences.length > 0) console.log(renderTable(differences));
      return differences.length === 0 ? DONE : NOT_ALL;
    } finally {
      await pool.end();
    }
  });
