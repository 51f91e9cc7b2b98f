// The collector's route in the program's application without Kafka: an event is acknowledged once it is validated. The cost of
// Kafka is the difference to it.

import { readConfig } from '../src/config.ts';
import { openPool } from '../src/db/pool.ts';
import { listenHttp } from '../src/http/server.ts';
import { createKafka } from '../src/kafka/client.ts';
import type { Publisher } from '../src/kafka/publisher.ts';
import { createLog } from '../src/runtime/log.ts';
import { createApp } from '../src/web/app.ts';
import { openAppParts } from '../src/web/app-parts.ts';

const NOBODY = { brokers: ['127.0.0.1:1'], ssl: false, sasl: undefined };

let offset = 0n;
const publisher = {
  publishAll: async (events: readonly unknown[]) =>
    events.map(() => ({ topic: 'none', partition: 0, offset: offset++, at: Date.now() })),
} as unknown as Publisher;

const log = createLog('bench', 'silent', false);
const config = readConfig({ RATE_LIMIT: 'off', COOKIE_SECRET: 'secret of a benchmark' }, {});
const pool = openPool('postgres://127.0.0.1:1/none', log);
const kafka = createKafka(NOBODY, 'bench', log);
const app = createApp(openAppParts(config, { pool, kafka, publisher, log }));
const address = (await listenHttp(app, '127.0.0.1', 0, log)).address();
process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
process.once('disconnect', () => process.exit(0));
