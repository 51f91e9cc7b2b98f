// The web process: the shop, the collector, the dashboards. It starts and answers whether or not Kafka and Postgres are
// there; what they are needed for waits or says so.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { AggregatorFeed } from '../aggregator/feed.ts';
import { OfferFeed } from '../behaviour/offer-feed.ts';
import type { Config } from '../config.ts';
import { clusterOf, databaseUrlOf } from '../connections.ts';
import { TopicReader } from '../consumer/topic-reader.ts';
import { Live } from '../dashboard/live.ts';
import { PanelBoard } from '../dashboard/panels/board.ts';
import { ConsumerLag } from '../dashboard/panels/lag.ts';
import { listen } from '../db/listen.ts';
import { migratePatiently } from '../db/migrate.ts';
import { openPool, type Timeouts } from '../db/pool.ts';
import { parseStored, STORED_CHANNEL } from '../db/stored.ts';
import { openCountries } from '../enrichment/country.ts';
import { listenHttp } from '../http/server.ts';
import { Streams } from '../http/sse.ts';
import { Whereabouts } from '../http/whereabouts.ts';
import { createKafka } from '../kafka/client.ts';
import { Outbox } from '../kafka/outbox.ts';
import { KafkaProbe } from '../kafka/probe.ts';
import { acknowledgementOf, Publisher } from '../kafka/publisher.ts';
import { Stage } from '../lessons/stage.ts';
import { Actions } from '../pipeline/actions.ts';
import { PipelineBoard } from '../pipeline/board.ts';
import type { Control } from '../pipeline/control.ts';
import type { Logger } from '../runtime/log.ts';
import { LOOP_DELAY_MS } from '../runtime/loop-delay.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import { version } from '../runtime/version.ts';
import { shopAddress } from '../simulator/shop-address.ts';
import { Admin } from '../site/admin.ts';
import { readSecret } from '../site/secret.ts';
import { Orders } from '../storefront/orders.ts';
import { Tracking } from '../storefront/tracking.ts';
import { Traces } from '../tracing/traces.ts';
import { createApp, KAFKA_TIMEOUT_MS } from './app.ts';
import { WebMetrics } from './metrics.ts';

/** What the web part hears of the parts beside it, and can do to them. */
export type Beside = {
  /** What they have counted, for /metrics. */
  readonly figuresOfOthers?: (() => Promise<string>) | undefined;
  readonly control?: Control | undefined;
};

/** @see listen() for what `askEveryMs` is */
export type WebTimeouts = Timeouts & { readonly askEveryMs?: number };

const CONNECTIONS = 10;
const MOST_STREAMS = 2_000;
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
  const { figuresOfOthers = async () => '', control } = beside;
  const databaseUrl = await databaseUrlOf(config);
  const pool = openPool(databaseUrl, log, CONNECTIONS, timeouts);
  const outbox = new Outbox(path.join(config.DATA_DIR, 'outbox'), config.OUTBOX_MB * MEGABYTE);
  const kafka = createKafka(clusterOf(config), 'shopstream-web', log);
  const probe = new KafkaProbe(kafka);
  const publisher = new Publisher(kafka, config.KAFKA_TOPIC, outbox, log);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_DELAY_MS });
  const traces = new Traces(new WebMetrics(registry, () => publisher.state));
  const tracking = new Tracking(publisher, traces, config.STORE_IP, log);
  const orders = new Orders(pool, KAFKA_TIMEOUT_MS);
  const streams = new Streams(MOST_STREAMS, config.STREAM_LIMIT);
  const live = new Live(pool, streams, log, traces);
  const countries = openCountries(config.COUNTRY_FILE);
  const offers = new OfferFeed(pool, log);
  const topics = new TopicReader(kafka);
  const aggregator = new AggregatorFeed(streams);
  const secret = config.COOKIE_SECRET ?? readSecret(config.DATA_DIR);
  const admin = new Admin(config.ADMIN_PASSWORD, secret);
  const shop = { pool, tracking, traces, orders, secret };
  const { KAFKA_TOPIC: topic, KAFKA_GROUP: group } = config;
  const lag = new ConsumerLag(pool, probe, topic, group);
  const board = new PanelBoard(pool, streams, countries, log, lag);
  const actions = new Actions(publisher, control);
  const pipeline = new PipelineBoard({
    pool,
    probe,
    publisher,
    streams,
    group,
    topic,
    figuresOfOthers,
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
    shoppers: { kafka, topic, dataDir: config.DATA_DIR, shop: shopAddress(config), secret, log },
  });
  const kafkaPlace = { brokers: clusterOf(config).brokers.join(','), topic: config.KAFKA_TOPIC };
  const app = createApp({
    shop,
    publisher,
    probe,
    live,
    board,
    offers,
    topics,
    aggregator,
    admin,
    countries,
    streams,
    registry,
    log,
    version,
    kafkaPlace,
    ingest: { group, topic },
    pipeline,
    actions,
    lessons,
    whereabouts: new Whereabouts(config.HOST, config.PUBLIC_URL, config.TRUST_PROXY),
    proxies: config.TRUST_PROXY,
    ipStorage: config.STORE_IP,
    perSecond: config.RATE_LIMIT,
    corsOrigins: config.CORS_ORIGINS ?? [],
    figuresOfOthers,
  });
  const migrated = migratePatiently(databaseUrl, log, config.TIME_ZONE);
  const server = await listenHttp(app, config.HOST, config.PORT, log);
  for (const left of publisher.start()) {
    tracking.resume(left);
    orders.remember(left.event.order_id, left.outcomes.then(acknowledgementOf));
  }
  const { askEveryMs } = timeouts;
  const listener = listen(databaseUrl, STORED_CHANNEL, log, onNotification, onConnect, askEveryMs);

  function onNotification(payload: string | undefined): void {
    if (aggregator.hear(payload)) return;
    const stored = parseStored(payload);
    if (stored === undefined) return;
    // Other groups may read the same topic, ahead of ingest. A loaded file has no group, but the charts count it.
    const isIngest = stored.topic === config.KAFKA_TOPIC && stored.group === config.KAFKA_GROUP;
    if (isIngest) traces.stored(stored.partition, BigInt(stored.next), Date.now());
    changed();
  }

  /** What was announced before a new connection has been missed. */
  function onConnect(): void {
    changed();
    aggregator.changed();
  }

  function changed(): void {
    live.changed();
    board.changed();
    offers.changed();
  }

  await migrated.ready;
  return {
    close: async () => {
      migrated.cancel();
      const closed = new Promise((resolve) => server.close(resolve));
      streams.close();
      server.closeIdleConnections();
      await Promise.race([closed, sleep(REQUESTS_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await Promise.all([publisher.close(), probe.close(), topics.close()]);
      live.close();
      aggregator.close();
      await lessons.close();
      pipeline.close();
      actions.close();
      await board.close();
      await listener.close();
      await pool.end();
    },
  };
}
