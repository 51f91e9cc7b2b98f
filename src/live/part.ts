// The live process: what follows the topic beside ingest, each with its own consumer group. One that fails is started again and
// disturbs no other.

import { RunningBehaviour } from '../behaviour/running-behaviour.ts';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pace } from '../consumer/pace.ts';
import { migrateWithRetries } from '../db/migrate.ts';
import { openPool, type Pool } from '../db/pool.ts';
import { standBackFor } from '../db/stand-back.ts';
import { RunningEnrichment } from '../enriched-clicks/running-enrichment.ts';
import { type Countries, openCountries } from '../enrichment/country.ts';
import { createKafka, describeCluster, ensureTopic, type Kafka } from '../kafka/client.ts';
import { reasonOf } from '../kafka/errors.ts';
import { PARTITIONS } from '../kafka/publisher.ts';
import { keepRunning } from '../runtime/keep-running.ts';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { RunningSessions } from '../sessions/live/running-sessions.ts';
import { type Ingest, StoredOffsets } from '../tracing/stored-offsets.ts';

type Follower = { start(onCrash: (error: Error) => void): Promise<void>; stop(): Promise<void> };

type CreateFollower = (kafka: Kafka, pool: Pool, ingest: Ingest, log: Logger, pace: Pace) => Follower;

/** What follows the topic, by name. */
const followersOf = (countries: Countries): Readonly<Record<string, CreateFollower>> => ({
  sessions: (...given) => new RunningSessions(...given),
  behaviour: (...given) => new RunningBehaviour(...given),
  enrichment: (kafka, pool, ingest, log, pace) =>
    new RunningEnrichment(kafka, pool, ingest, log, countries, pace),
});

/**
 * Starts the live part; it waits for Postgres and Kafka for as long as they are away.
 * @param pace of its followers; left out: they hurry while somebody looks
 */
export async function startLive(config: Config, log: Logger, pace?: Pace): Promise<RunningPart> {
  const databaseUrl = await databaseUrlOf(config);
  await migrateWithRetries(databaseUrl, log, config.TIME_ZONE).ready;
  const pool = openPool(databaseUrl, log);
  if (config.DATABASE_URL === undefined) standBackFor(pool);
  const kafka = createKafka(clusterOf(config), 'shopstream-live', log);
  const stored = new StoredOffsets(pool, databaseUrl, log);
  const closing = new AbortController();
  const running = Object.entries(followersOf(openCountries(config.COUNTRY_FILE))).map(([name, create]) =>
    keepRunning(
      async (crash) => {
        const ingest = stored.of(await ingestSubscription(kafka, config));
        const follower = create(kafka, pool, ingest, log.child({ follower: name }), pace ?? stored.onlookers);
        try {
          await follower.start(crash);
        } catch (error) {
          await follower.stop().catch(() => {});
          throw error;
        }
        return follower;
      },
      closing.signal,
      (error) => log.warn(`${name} does not run, it is tried again: ${reasonOf(error)}`),
    ),
  );
  const ended = Promise.all(running).then(() => {});
  return {
    ended,
    close: async () => {
      closing.abort();
      await ended;
      await stored.close();
      await pool.end();
    },
  };
}

/** What ingest reads, once the topic is there. */
async function ingestSubscription(kafka: Kafka, config: Config): Promise<Subscription> {
  const clusterId = await describeCluster(kafka, clusterOf(config));
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, config.KAFKA_TOPIC, PARTITIONS).finally(() => admin.disconnect());
  return { clusterId, group: config.KAFKA_GROUP, topic: config.KAFKA_TOPIC };
}
