// The collector's own route in the program's own application, but for Kafka: an event is acknowledged as soon as it is
// checked. What the road to Kafka costs is measured against it.

import { Registry } from 'prom-client';
import { AggregatorFeed } from '../src/aggregator/feed.ts';
import { OfferFeed } from '../src/behaviour/offer-feed.ts';
import { TopicReader } from '../src/consumer/topic-reader.ts';
import { Live } from '../src/dashboard/live.ts';
import { PanelBoard } from '../src/dashboard/panels/board.ts';
import { openPool } from '../src/db/pool.ts';
import { noCountries } from '../src/enrichment/country.ts';
import { listenHttp } from '../src/http/server.ts';
import { Streams } from '../src/http/sse.ts';
import { Whereabouts } from '../src/http/whereabouts.ts';
import { createKafka } from '../src/kafka/client.ts';
import { KafkaProbe } from '../src/kafka/probe.ts';
import type { Publisher } from '../src/kafka/publisher.ts';
import { Stage } from '../src/lessons/stage.ts';
import { Actions } from '../src/pipeline/actions.ts';
import { PipelineBoard } from '../src/pipeline/board.ts';
import { createLog } from '../src/runtime/log.ts';
import { Admin } from '../src/site/admin.ts';
import { Orders } from '../src/storefront/orders.ts';
import { Tracking } from '../src/storefront/tracking.ts';
import { Traces } from '../src/tracing/traces.ts';
import { createApp } from '../src/web/app.ts';

const NOBODY = { brokers: ['127.0.0.1:1'], ssl: false, sasl: undefined };

let offset = 0n;
const publisher = {
  publishAll: async (events: readonly unknown[]) =>
    events.map(() => ({ topic: 'none', partition: 0, offset: offset++, at: Date.now() })),
} as unknown as Publisher;

const log = createLog('bench', 'silent', false);
const pool = openPool('postgres://127.0.0.1:1/none', log);
const traces = new Traces();
const streams = new Streams(1);
const live = new Live(pool, streams, log, traces);
const shop = {
  pool,
  traces,
  tracking: new Tracking(publisher, traces, 'truncated', log),
  orders: new Orders(pool, 1),
  secret: 'secret',
};
const kafka = createKafka(NOBODY, 'bench', log);
const probe = new KafkaProbe(kafka);
const actions = new Actions(publisher, undefined);
const ingest = { group: 'shopstream-ingest', topic: 'ecommerce' };
const figuresOfOthers = async () => '';
const pipeline = new PipelineBoard({
  pool,
  probe,
  publisher,
  streams,
  ...ingest,
  figuresOfOthers,
  actions,
});
const shoppers = { kafka, topic: 'none', dataDir: '', shop: '', secret: undefined, log };
const { tracking } = shop;
const lessons = new Stage({
  pool,
  probe,
  board: pipeline,
  actions,
  tracking,
  traces,
  group: ingest.group,
  shoppers,
});
const app = createApp({
  shop,
  publisher,
  probe,
  live,
  admin: new Admin(undefined, 'secret'),
  offers: new OfferFeed(pool, log),
  topics: new TopicReader(createKafka(NOBODY, 'bench', log)),
  aggregator: new AggregatorFeed(streams),
  board: new PanelBoard(pool, streams, noCountries, log),
  countries: noCountries,
  streams,
  registry: new Registry(),
  log,
  version: '0',
  kafkaPlace: { brokers: '', topic: '' },
  ingest,
  pipeline,
  lessons,
  actions,
  whereabouts: new Whereabouts('127.0.0.1', undefined, 0),
  proxies: 0,
  ipStorage: 'truncated',
  perSecond: Number.POSITIVE_INFINITY,
  corsOrigins: [],
  figuresOfOthers,
});
const address = (await listenHttp(app, '127.0.0.1', 0, log)).address();
process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
process.once('disconnect', () => process.exit(0));
