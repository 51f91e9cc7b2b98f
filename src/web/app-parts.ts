// The parts of the application, wired once: for the program, and for tests and benchmarks with another publisher.

import { Registry } from 'prom-client';
import { AggregatorFeed } from '../aggregator/feed.ts';
import { OfferFeed } from '../behaviour/offer-feed.ts';
import type { Config } from '../config.ts';
import { shopAddress } from '../connections.ts';
import { TopicReader } from '../consumer/topic-reader.ts';
import { ConsumerLag } from '../dashboard/live/lag.ts';
import { PanelFeed } from '../dashboard/live/panel-feed.ts';
import { TodayFeed } from '../dashboard/today-feed.ts';
import { CHANGE_CHANNEL, PAGES_MESSAGE } from '../db/change.ts';
import { ChangeBus } from '../db/change-bus.ts';
import type { Pool } from '../db/pool.ts';
import { openCountries } from '../enrichment/country.ts';
import { ShopOrigin } from '../http/shop-origin.ts';
import { Streams } from '../http/sse.ts';
import type { Kafka } from '../kafka/client.ts';
import { reasonOf } from '../kafka/errors.ts';
import { KafkaProbe } from '../kafka/probe.ts';
import type { Publisher } from '../kafka/publisher.ts';
import { Stage } from '../lessons/stage.ts';
import { Actions } from '../pipeline/actions.ts';
import { PipelineBoard } from '../pipeline/board.ts';
import type { Control } from '../pipeline/control.ts';
import type { Logger } from '../runtime/log.ts';
import { collectProcessMetrics } from '../runtime/process-metrics.ts';
import { FaultRecorder } from '../simulator/periods/recorder.ts';
import { Admin } from '../site/admin.ts';
import { readSecret } from '../site/secret.ts';
import { Orders } from '../storefront/orders.ts';
import { Tracking } from '../storefront/tracking.ts';
import { Traces } from '../tracing/traces.ts';
import { WebMetrics } from './metrics.ts';

/** How long an answer that needs Kafka's acknowledgement may wait for it. */
export const KAFKA_TIMEOUT_MS = 5_000;
const MOST_STREAMS = 2_000;
/** Three signs of an open page in the time for which one lasts: see consumer/onlookers.ts. */
const SIGN_EVERY_MS = 20_000;

/** What the parts are built on; its opener closes it. */
export type Foundation = {
  readonly pool: Pool;
  readonly kafka: Kafka;
  readonly publisher: Publisher;
  readonly log: Logger;
  /** What the parts beside this one have counted, as Prometheus reads it. */
  readonly metricsOfOthers?: (() => Promise<string>) | undefined;
  /** Of the processes beside this one; undefined where it runs alone. */
  readonly control?: Control | undefined;
};

export type AppParts = ReturnType<typeof openAppParts>;

/** Opens the parts. A feed of changes is one entry of `changes.add()`. */
export function openAppParts(
  config: Config,
  { pool, kafka, publisher, log, metricsOfOthers = async () => '', control }: Foundation,
) {
  const { KAFKA_TOPIC: topic, KAFKA_GROUP: group } = config;
  const registry = new Registry();
  collectProcessMetrics(registry);
  const secret = config.COOKIE_SECRET ?? readSecret(config.DATA_DIR);
  const traces = new Traces(new WebMetrics(registry, () => publisher.state));
  const tracking = new Tracking(publisher, traces, config.STORE_IP, log);
  const shop = { pool, tracking, traces, orders: new Orders(pool, KAFKA_TIMEOUT_MS), secret };
  const probe = new KafkaProbe(kafka);
  const topics = new TopicReader(kafka);
  const streams = new Streams(MOST_STREAMS, config.STREAM_LIMIT);
  streams.whileOpen(SIGN_EVERY_MS, () => {
    pool
      .query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, PAGES_MESSAGE])
      .catch((error) => log.debug(`who follows the events was not told of an open page: ${reasonOf(error)}`));
  });
  const countries = openCountries(config.COUNTRY_FILE);
  const lag = new ConsumerLag(pool, probe, topic, group);
  const today = new TodayFeed(pool, streams, log, traces);
  const panels = new PanelFeed(pool, streams, countries, log, lag);
  const offers = new OfferFeed(pool, log);
  const aggregator = new AggregatorFeed(streams);
  const changes = new ChangeBus();
  // Traces are told first: the feed of today takes those that are stored.
  changes.add(
    {
      stored: (change) => {
        // Other groups may read the same topic, ahead of ingest. A loaded file has no group.
        if (change?.topic === topic && change.group === group)
          traces.stored(change.partition, BigInt(change.next), Date.now());
      },
    },
    today,
    panels,
    offers,
    aggregator,
  );
  const recorder = new FaultRecorder(pool, log);
  const actions = new Actions(publisher, control, recorder);
  const pipeline = new PipelineBoard({
    pool,
    probe,
    publisher,
    streams,
    group,
    topic,
    metricsOfOthers,
    actions,
  });
  const lessons = new Stage({
    pool,
    probe,
    board: pipeline,
    actions,
    tracking,
    traces,
    group,
    shoppers: { kafka, topic, dataDir: config.DATA_DIR, shop: shopAddress(config), secret, log, recorder },
  });
  return {
    config,
    log,
    registry,
    metricsOfOthers,
    publisher,
    probe,
    topics,
    shop,
    streams,
    countries,
    changes,
    today,
    panels,
    offers,
    aggregator,
    actions,
    pipeline,
    lessons,
    admin: new Admin(config.ADMIN_PASSWORD, secret),
    shopOrigin: new ShopOrigin(config.HOST, config.PUBLIC_URL, config.TRUST_PROXY),
    close: async () => {
      await Promise.all([probe.close(), topics.close()]);
      today.close();
      aggregator.close();
      await lessons.close();
      pipeline.close();
      actions.close();
      await panels.close();
      await changes.close();
    },
  };
}
