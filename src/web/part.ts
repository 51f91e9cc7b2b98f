// The web process: the shop, the collector, the dashboards. It starts and answers whether or not Kafka and Postgres are
// there; what they are needed for waits or says so.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { migrateWithRetries } from '../db/migrate.ts';
import { openPool, type Timeouts } from '../db/pool.ts';
import { listenHttp } from '../http/server.ts';
import { createKafka } from '../kafka/client.ts';
import { Outbox } from '../kafka/outbox.ts';
import { acknowledgementOf, Publisher } from '../kafka/publisher.ts';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { createApp } from './app.ts';
import { type Foundation, openAppParts } from './app-parts.ts';

/** What the web part is told of the parts beside it, and can do to them. */
export type Beside = Pick<Foundation, 'metricsOfOthers' | 'control'>;

/** @see listen() for what `askEveryMs` is */
export type WebTimeouts = Timeouts & { readonly askEveryMs?: number };

const CONNECTIONS = 10;
/** The longest query of a dashboard takes seconds: half a minute of silence is a connection that leads nowhere. */
const TIMEOUTS: WebTimeouts = { answerMs: 30_000 };
/** How long requests in hand may take once the process is asked to stop. */
const REQUESTS_MS = 3_000;
const MEGABYTE = 1024 * 1024;

/**
 * Starts the web part.
 * @param beside the parts that the same program runs; none where it runs alone
 * @param timeouts with Postgres
 * @throws {ListenError} where the address can't be had
 */
export async function startWeb(
  config: Config,
  log: Logger,
  beside: Beside = {},
  timeouts = TIMEOUTS,
): Promise<RunningPart> {
  const databaseUrl = await databaseUrlOf(config);
  const pool = openPool(databaseUrl, log, CONNECTIONS, timeouts);
  const outbox = new Outbox(path.join(config.DATA_DIR, 'outbox'), config.OUTBOX_MB * MEGABYTE);
  const kafka = createKafka(clusterOf(config), 'shopstream-web', log);
  const publisher = new Publisher(kafka, config.KAFKA_TOPIC, outbox, log);
  const parts = openAppParts(config, { pool, kafka, publisher, log, ...beside });
  const app = createApp(parts);
  const migrated = migrateWithRetries(databaseUrl, log, config.TIME_ZONE);
  const server = await listenHttp(app, config.HOST, config.PORT, log);
  const { tracking, orders } = parts.shop;
  for (const recovered of publisher.start()) {
    tracking.resume(recovered);
    orders.remember(recovered.event.order_id, recovered.outcomes.then(acknowledgementOf));
  }
  parts.changes.start(databaseUrl, log, timeouts.askEveryMs);
  await migrated.ready;
  return {
    close: async () => {
      migrated.cancel();
      const closed = new Promise((resolve) => server.close(resolve));
      parts.streams.close();
      server.closeIdleConnections();
      await Promise.race([closed, sleep(REQUESTS_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await Promise.all([publisher.close(), parts.close()]);
      await pool.end();
    },
  };
}
