// The ingest part: stores the topic's records in Postgres until it is closed.

import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { Consumer } from '../consumer/consumer.ts';
import { SESSION_MS } from '../consumer/membership.ts';
import { migrateWithRetries } from '../db/migrate.ts';
import { openPool, type Timeouts } from '../db/pool.ts';
import { DeadLetterForwarder } from '../dead-letters/forwarder.ts';
import { createKafka, describeCluster, ensureTopic } from '../kafka/client.ts';
import { reasonOf } from '../kafka/errors.ts';
import { PARTITIONS } from '../kafka/publisher.ts';
import type { Logger } from '../runtime/log.ts';
import { collectProcessMetrics } from '../runtime/process-metrics.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { ingestHandler } from './handler.ts';
import { IngestMetrics } from './metrics.ts';
import { listenForScrapes } from './metrics-listener.ts';
import { ingestObserver } from './observer.ts';

/** Milliseconds within which Postgres and Kafka have to begin to respond to a request. */
export type IngestTimeouts = Timeouts & { readonly kafkaAnswerMs?: number };

const RETRY_MS = 1_000;
/** One for each of three partitions that are stored at the same time, one for other queries, one for dead letters. */
const CONNECTIONS = 5;

/**
 * A statement takes milliseconds, or seconds at worst: a connection without a response for half a minute is dead. A process whose
 * transaction is idle for longer than the group's session timeout has lost its partition.
 */
const TIMEOUTS: IngestTimeouts = { answerMs: 30_000, idleInTransactionMs: SESSION_MS };

/**
 * Starts the ingest part, which waits for Postgres and Kafka for as long as they are away.
 */
export async function startIngest(config: Config, log: Logger, timeouts = TIMEOUTS): Promise<RunningPart> {
  const { HOST: host, INGEST_METRICS_PORT: port } = config;
  const databaseUrl = await databaseUrlOf(config);
  await migrateWithRetries(databaseUrl, log, config.TIME_ZONE).ready;
  const pool = openPool(databaseUrl, log, CONNECTIONS, timeouts);
  const kafka = createKafka(clusterOf(config), 'shopstream-ingest', log, timeouts.kafkaAnswerMs);
  const clusterId = await reachKafka();
  const subscription = { clusterId, group: config.KAFKA_GROUP, topic: config.KAFKA_TOPIC };
  const registry = new Registry();
  collectProcessMetrics(registry, 'shopstream_ingest_');
  const metrics = new IngestMetrics(registry);
  const letters = new DeadLetterForwarder(kafka, pool, subscription, log, (count) =>
    metrics.forwarded(count),
  );
  const handler = ingestHandler(pool, subscription, metrics, log, () => letters.wake());
  const ingest = new Consumer(kafka, pool, subscription, handler, ingestObserver(metrics, log));
  let crash: (error: Error) => void = () => {};
  let closed: () => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    closed = resolve;
    crash = reject;
  });
  // The consumer may give up before anybody waits for it.
  ended.catch(() => {});
  const scrapes = port === undefined ? undefined : await listenForScrapes(registry, host, port);
  await ingest.start(crash);
  // Dead letters that an earlier process stored but did not forward.
  letters.wake();
  return {
    ended,
    metrics: () => registry.metrics(),
    close: async () => {
      await ingest.stop();
      await letters.stop();
      await scrapes?.close();
      await pool.end();
      closed();
    },
  };

  /** Waits for Kafka, and creates the topic where it is missing. @returns the cluster's id */
  async function reachKafka(): Promise<string> {
    for (let told = false; ; told = true) {
      try {
        const id = await describeCluster(kafka, clusterOf(config));
        const admin = kafka.admin();
        await admin.connect();
        await ensureTopic(admin, config.KAFKA_TOPIC, PARTITIONS).finally(() => admin.disconnect());
        return id;
      } catch (error) {
        if (!told) log.warn(`Kafka is away: ${reasonOf(error)}`);
        await sleep(RETRY_MS);
      }
    }
  }
}
