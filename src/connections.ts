// Where Kafka and Postgres are: the user's servers, or the embedded ones of this DATA_DIR.

import type { Config } from './config.ts';
import { embeddedUrl } from './db/embedded/server.ts';
import { DatabaseError, withoutPassword } from './db/errors.ts';
import type { Cluster } from './kafka/client.ts';

/** The Kafka cluster of a configuration. */
export function clusterOf(config: Config): Cluster {
  return {
    brokers: config.KAFKA_BROKERS ?? [`127.0.0.1:${config.KAFKA_PORT}`],
    ssl: config.KAFKA_SSL === 'true',
    sasl: config.KAFKA_SASL,
  };
}

/**
 * The database's URL, with its password.
 * @throws {DatabaseError} EMBEDDED_START where no server is configured and the embedded one never ran here
 */
export async function databaseUrlOf(config: Config): Promise<string> {
  const url = config.DATABASE_URL ?? (await embeddedUrl(config.DATA_DIR, config.POSTGRES_PORT));
  if (url !== undefined) return url;
  throw new DatabaseError(
    'EMBEDDED_START',
    `there is no PostgreSQL in ${config.DATA_DIR} yet: start one with "npm start -- postgres", or set DATABASE_URL`,
  );
}

/** The shop's URL on this machine: an address to listen at may be none to connect to. */
export function shopAddress({ HOST, PORT, PUBLIC_URL }: Config): string {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}${PUBLIC_URL?.path ?? ''}`;
}

/** What is printed at the start: every address, no password. */
export function describeConnections(config: Config): readonly (readonly [name: string, place: string])[] {
  const shop = shopAddress(config);
  const kafka = config.KAFKA_BROKERS?.join(', ') ?? `127.0.0.1:${config.KAFKA_PORT}`;
  const postgres =
    config.DATABASE_URL === undefined
      ? `postgres://shopstream@127.0.0.1:${config.POSTGRES_PORT}/shopstream (embedded; password in ${config.DATA_DIR}/postgres/password)`
      : withoutPassword(config.DATABASE_URL);
  return [
    ['Shop', shop],
    ['Dashboard', `${shop}/dashboard`],
    [
      'Kafka',
      `${kafka}, topic ${config.KAFKA_TOPIC}${config.KAFKA_BROKERS === undefined ? ' (embedded)' : ''}`,
    ],
    ['Postgres', postgres],
    ['Data', config.DATA_DIR],
  ];
}
