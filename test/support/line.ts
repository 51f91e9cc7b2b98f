// The whole line of an event in one test process: real broker, real Postgres, the web part and the ingest part as the
// program starts them. Everything is closed after the file's tests.

import type { Kafka } from 'kafkajs';
import { onTestFinished } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type Config, readConfig, type SettingName } from '../../src/config.ts';
import { AT_ONCE } from '../../src/consumer/pace.ts';
import type { Pool } from '../../src/db/pool.ts';
import { startIngest } from '../../src/ingest/part.ts';
import { startLive } from '../../src/live/part.ts';
import type { RunningPart } from '../../src/runtime/running-part.ts';
import { startWeb } from '../../src/web/part.ts';
import { afterFile } from './after-file.ts';
import { migratedDatabase, testLog } from './database.ts';
import { testKafka } from './kafka.ts';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

export { eventually } from './eventually.ts';
export { testKafka } from './kafka.ts';
export { temporaryFolder } from './temporary-folder.ts';

export type Line = {
  readonly url: string;
  readonly config: Config;
  readonly pool: Pool;
  readonly kafka: Kafka;
  readonly web: RunningPart;
  /** Whether its live part runs. */
  readonly live: boolean;
};

/** A broker of its own, closed after the file's tests unless the test closes it. */
export async function startTestBroker(
  dataDir = temporaryFolder(),
  port = 0,
  advertisedHost = '127.0.0.1',
): Promise<Broker> {
  const broker = await startBroker({ dataDir, port, advertisedHost });
  afterFile(() => broker.close());
  return broker;
}

/** Settings for a test: free ports, a data folder of its own, no embedded server. */
export async function testConfig(
  brokerPort: number,
  databaseUrl: string,
  settings: Partial<Record<SettingName, string>> = {},
): Promise<Config> {
  return readConfig(
    {
      PORT: String(await freePort()),
      DATA_DIR: temporaryFolder(),
      KAFKA_BROKERS: `127.0.0.1:${brokerPort}`,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'silent',
      ...settings,
    },
    {},
  );
}

/** The URL of a database by way of a proxy on this machine. */
export function through(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.port = String(port);
  return url.href;
}

export type LineOptions = {
  readonly timeZone?: string;
  readonly ingest?: boolean;
  /** Whether what follows ingest runs, too. */
  readonly live?: boolean;
  /** A broker that runs already, in place of one of its own. */
  readonly brokerPort?: number;
  readonly settings?: Partial<Record<SettingName, string>>;
};

/** Starts web and ingest on a broker and a database of their own. */
export async function startLine({
  timeZone = 'UTC',
  ingest = true,
  live = false,
  brokerPort,
  settings,
}: LineOptions = {}): Promise<Line> {
  const { url: databaseUrl, pool } = await migratedDatabase(timeZone);
  const port = brokerPort ?? (await startTestBroker()).port;
  const config = await testConfig(port, databaseUrl, settings);
  const parts = await Promise.all([
    startWeb(config, testLog),
    ...(ingest ? [startIngest(config, testLog)] : []),
    ...(live ? [startLive(config, testLog, AT_ONCE)] : []),
  ]);
  for (const part of parts) afterFile(() => part.close());
  return {
    url: `http://127.0.0.1:${config.PORT}`,
    config,
    pool,
    kafka: testKafka(port),
    web: parts[0],
    live,
  };
}

/** A web part with other settings, on a line's servers, until the test is over; its URL. */
export async function anotherWeb({ config }: Line, settings: Partial<Config>): Promise<string> {
  const own = { ...config, PORT: await freePort(), DATA_DIR: temporaryFolder(), ...settings };
  const web = await startWeb(own, testLog);
  onTestFinished(() => web.close());
  return `http://127.0.0.1:${own.PORT}`;
}
