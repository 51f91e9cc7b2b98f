// Before anything starts: are the ports free, do the configured servers answer. What is wrong is told at once and in one
// line, instead of by a part that fails later or waits for ever.

import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Config } from '../config.ts';
import { clusterOf } from '../connections.ts';
import { explainConnection } from '../db/errors.ts';
import { createKafka, describeCluster } from '../kafka/client.ts';
import { codeOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Part } from '../runtime/part-names.ts';

/** In a composition of containers the servers may come up a little later. */
const TIMEOUT_MS = 15_000;
const RETRY_MS = 500;

/** A port that the program needs is taken. */
class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Checks what the parts will need.
 * @param afterCrash true where a killed run may still be giving its ports back
 * @throws {PortError}, {DatabaseError} or {KafkaError} with a message for the user
 */
export async function preflight(
  config: Config,
  parts: readonly Part[],
  afterCrash: boolean,
  log: Logger,
): Promise<void> {
  await untilPasses(
    () => checkPorts(config, parts),
    () => afterCrash,
  );
  const needsServers = parts.some((part) => part !== 'postgres' && part !== 'broker' && part !== 'simulator');
  if (!needsServers) return;
  const { DATABASE_URL: databaseUrl } = config;
  if (databaseUrl !== undefined) await untilPasses(() => checkDatabase(databaseUrl), isPassing);
  if (config.KAFKA_BROKERS !== undefined) {
    const kafka = createKafka(clusterOf(config), 'shopstream-preflight', log);
    await untilPasses(
      () => describeCluster(kafka, clusterOf(config)),
      () => true,
    );
  }
}

/** The ports that were found free, held until all are checked, so that no two settings name the same. */
type Held = { readonly server: Server; readonly port: number; readonly what: string };

async function checkPorts(config: Config, parts: readonly Part[]): Promise<void> {
  const held: Held[] = [];
  const check = async (host: string, port: number, what: string, setting: string) => {
    held.push({ server: await hold(host, port, what, setting, held), port, what });
  };
  try {
    if (parts.includes('web')) await check(config.HOST, config.PORT, 'the shop', 'PORT');
    const { INGEST_METRICS_PORT: scraped } = config;
    if (parts.includes('ingest') && scraped !== undefined)
      await check(config.HOST, scraped, "ingest's metrics", 'INGEST_METRICS_PORT');
    if (parts.includes('broker')) await check('127.0.0.1', config.KAFKA_PORT, 'Kafka', 'KAFKA_PORT');
    if (parts.includes('postgres'))
      await check('127.0.0.1', config.POSTGRES_PORT, 'PostgreSQL', 'POSTGRES_PORT');
  } finally {
    await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  }
}

async function hold(
  host: string,
  port: number,
  what: string,
  setting: string,
  held: readonly Held[],
): Promise<Server> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    return server;
  } catch (error) {
    const code = codeOf(error) ?? error;
    const option = `--${setting.toLowerCase().replaceAll('_', '-')}`;
    const other = held.find((one) => one.port === port)?.what;
    const taken = other === undefined ? 'is taken' : `is for ${other} already`;
    const message =
      code === 'EADDRINUSE' || code === 'EACCES'
        ? `port ${port} ${code === 'EACCES' ? 'needs more rights' : taken}; choose another one for ${what} with ${setting} or ${option}`
        : `can't listen on ${host} (${code}); choose an address of this machine with HOST or --host`;
    throw new PortError(message, { cause: error });
  }
}

async function checkDatabase(databaseUrl: string): Promise<void> {
  let client: pg.Client | undefined;
  try {
    // Reads the files that the URL names: certificates and keys.
    client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {});
    await client.connect();
  } catch (error) {
    throw explainConnection(error, databaseUrl);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** A wrong password doesn't become right by waiting. */
function isPassing(error: unknown): boolean {
  return codeOf(error) === 'DATABASE_UNREACHABLE';
}

async function untilPasses(
  check: () => Promise<unknown>,
  passing: (error: unknown) => boolean,
): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (!passing(error) || performance.now() > deadline) throw error;
    }
    await sleep(RETRY_MS);
  }
}
