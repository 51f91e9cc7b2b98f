// The Express application: what answers which path. Parts are handed in, so that tests build it as the program does.

import path from 'node:path';
import { constants } from 'node:zlib';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import ejs from 'ejs';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import { aggregatorApi } from '../aggregator/api.ts';
import { AggregatorDesk } from '../aggregator/desk.ts';
import type { AggregatorFeed } from '../aggregator/feed.ts';
import { aggregatorPages } from '../aggregator/pages/routes.ts';
import type { OfferFeed } from '../behaviour/offer-feed.ts';
import { offerRoutes } from '../behaviour/routes.ts';
import { collector } from '../collector/collector.ts';
import * as operations from '../collector/operations.ts';
import type { TopicReader } from '../consumer/topic-reader.ts';
import { charts } from '../dashboard/charts/routes.ts';
import type { Live } from '../dashboard/live.ts';
import { dashboardPage } from '../dashboard/page.ts';
import type { PanelBoard } from '../dashboard/panels/board.ts';
import { livePage } from '../dashboard/panels/page.ts';
import { panelRoutes } from '../dashboard/panels/routes.ts';
import { questionRoute } from '../dashboard/questions/route.ts';
import { deadLetterApi } from '../dead-letters/api.ts';
import { LetterDesk } from '../dead-letters/desk.ts';
import { deadLetterPages, type KafkaPlace } from '../dead-letters/pages.ts';
import type { Countries } from '../enrichment/country.ts';
import type { IpStorage } from '../enrichment/ip-storage.ts';
import { noteSimulated } from '../enrichment/simulated.ts';
import type { ShopEvent } from '../events/event.ts';
import { moveLinks, putUnder, takeOff } from '../http/below-path.ts';
import { type CorsOrigins, cors } from '../http/cors.ts';
import { unavailable } from '../http/errors.ts';
import { rateLimit } from '../http/rate-limit.ts';
import { sameOrigin } from '../http/same-origin.ts';
import type { Streams } from '../http/sse.ts';
import { staticFiles } from '../http/static.ts';
import { Turns } from '../http/turns.ts';
import type { Whereabouts } from '../http/whereabouts.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import type { Publisher } from '../kafka/publisher.ts';
import { lessonRoutes } from '../lessons/routes.ts';
import type { Stage } from '../lessons/stage.ts';
import { apiDocs } from '../openapi/docs.ts';
import type { Actions } from '../pipeline/actions.ts';
import type { PipelineBoard } from '../pipeline/board.ts';
import { pipelineRoutes } from '../pipeline/routes.ts';
import type { Logger } from '../runtime/log.ts';
import { packageRoot } from '../runtime/paths.ts';
import { sessionsApi } from '../sessions/live/api.ts';
import { simulatorRoutes } from '../simulator/control/routes.ts';
import type { Admin } from '../site/admin.ts';
import { viewHelpers } from '../site/layout.ts';
import { choices } from '../site/preferences.ts';
import { eventRoutes } from '../storefront/event-routes.ts';
import { pages } from '../storefront/pages.ts';
import type { Shop } from '../storefront/shop.ts';
import { errorHandler, unknownPath } from './error-handler.ts';
import { health, type IngestPlace, liveness } from './health.ts';

/** How long an answer that needs Kafka's acknowledgement may wait for it. */
export const KAFKA_TIMEOUT_MS = 5_000;

export type AppParts = {
  readonly shop: Shop;
  readonly publisher: Publisher;
  readonly probe: KafkaProbe;
  readonly live: Live;
  readonly board: PanelBoard;
  readonly offers: OfferFeed;
  readonly topics: TopicReader;
  readonly aggregator: AggregatorFeed;
  readonly admin: Admin;
  readonly countries: Countries;
  readonly streams: Streams;
  readonly registry: Registry;
  readonly log: Logger;
  readonly version: string;
  readonly kafkaPlace: KafkaPlace;
  /** Where browsers find the shop. */
  readonly whereabouts: Whereabouts;
  /** How many reverse proxies stand before the shop. */
  readonly proxies: number;
  /** How much of a visitor's address an event has. */
  readonly ipStorage: IpStorage;
  /** Requests of one address; Infinity for any number. */
  readonly perSecond: number;
  /** Whose pages may send events, beside the shop's own. */
  readonly corsOrigins: CorsOrigins;
  readonly ingest: IngestPlace;
  readonly pipeline: PipelineBoard;
  /** What the admin may do to the parts. */
  readonly actions: Actions;
  readonly lessons: Stage;
  /** What the other parts of this program have counted, as Prometheus reads it. */
  readonly figuresOfOthers: () => Promise<string>;
};

/** zlib's: a page comes out a tenth larger than at the usual 6, in half the time. Files are fetched once and kept. */
const PAGE_LEVEL = 3;
const FILE_LEVEL = 6;
/** The middleware's usual quality, 4, makes scripts 9 % larger and takes no less time. */
const FILE_BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 5 };

/** Nothing is loaded from elsewhere, nothing inline is run, nobody frames the shop. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    fontSrc: ["'self'"],
    manifestSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

export function createApp(parts: AppParts): Express {
  const app = express();
  const turns = new Turns();
  configure(app, parts, turns);
  for (const router of routers(parts, turns)) app.use(router);
  app.use(unknownPath);
  app.use(errorHandler(parts.shop.traces, parts.log));
  return app;
}

function configure(
  app: Express,
  { shop, version, proxies, whereabouts, corsOrigins }: AppParts,
  turns: Turns,
): void {
  app.disable('x-powered-by').disable('etag').set('trust proxy', proxies);
  // What even the error handler fails at is answered by Express itself: without a stack only in production.
  app.set('env', 'production');
  const root = path.join(packageRoot, 'views');
  // With a root, an include by its whole path is not looked for on disk each time.
  app.engine('ejs', (file, data, done) =>
    ejs.renderFile(file, data, { root, cache: true }, (error, html) =>
      done(error, html === undefined ? html : moveLinks(whereabouts.path, html)),
    ),
  );
  app.set('view engine', 'ejs').set('views', root).enable('view cache');
  Object.assign(app.locals, viewHelpers, { version, base: whereabouts.path });
  putUnder(app, whereabouts.path, (req) => whereabouts.isSecure(req));
  app.use(takeOff(whereabouts.path));
  // HSTS would lock browsers out of a shop on plain http://localhost.
  app.use(
    helmet({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'same-origin' },
    }),
  );
  // Before every route, as the page of an error reads the visitor's cookies too.
  app.use(cookieParser(shop.secret), noteSimulated(shop.secret));
  app.use(whereabouts.gate());
  // Whoever asks whether the process answers waits for nobody's turn.
  app.use(liveness(), turns.take());
  const pages = compression({ filter: isCompressible, level: PAGE_LEVEL });
  const files = compression({ level: FILE_LEVEL, brotli: { params: FILE_BROTLI }, threshold: 0 });
  app.use((req, res, next) => (/\.(?:js|css|svg)$/.test(req.path) ? files : pages)(req, res, next));
  app.use(sameOrigin(whereabouts, cors(operations.collect.path, corsOrigins)));
}

/** In the order in which they are asked. What comes before the limit is cheap, or is asked by who watches the shop. */
function routers(
  { shop, publisher, probe, live, streams, registry, ...parts }: AppParts,
  turns: Turns,
): RequestHandler[] {
  const publish = (event: ShopEvent) => shop.tracking.publish(event);
  const desk = new LetterDesk(shop.pool, publish, KAFKA_TIMEOUT_MS);
  const aggregator = new AggregatorDesk(shop.pool, parts.topics);
  return [
    staticFiles(),
    rateLimit(parts.perSecond),
    health(shop.pool, () => publisher.state, probe, parts.ingest, registry, parts.figuresOfOthers),
    collector((events) => shop.tracking.publishAll(events), parts.ipStorage, KAFKA_TIMEOUT_MS, turns.take()),
    charts(shop.pool, live),
    questionRoute((whose) => live.board(whose)),
    sessionsApi(shop.pool, async () => ({ ...parts.ingest, clusterId: await clusterIdOf(probe) })),
    parts.admin.checkBasic(),
    parts.admin.routes(shop.traces),
    onlyAdmin(parts.admin),
    deadLetterApi(desk),
    simulatorRoutes(shop.pool, parts.admin),
    aggregatorApi(aggregator, parts.aggregator),
    aggregatorPages(aggregator, shop.traces),
    apiDocs(shop.traces, parts.version, parts.whereabouts),
    // Before /events/:order_id.
    deadLetterPages(shop, desk, parts.kafkaPlace),
    pages(shop),
    choices(),
    eventRoutes(shop, streams, parts.offers, parts.admin),
    offerRoutes(shop.pool, shop.traces),
    panelRoutes(shop.pool, parts.board),
    livePage(shop.pool, shop.traces, parts.countries),
    dashboardPage(shop.pool, shop.traces, live),
    lessonRoutes(parts.lessons, parts.admin),
    pipelineRoutes({
      board: parts.pipeline,
      actions: parts.actions,
      admin: parts.admin,
      pool: shop.pool,
      probe,
      traces: shop.traces,
      ...parts.ingest,
    }),
  ];
}

/** Dead letters and aggregations have what anybody may have sent, and are for who may work on them. */
function onlyAdmin(admin: Admin): RequestHandler {
  const router = express.Router();
  router.use(['/events/rejected', '/api/dead-letters', '/aggregator', '/api/aggregator'], admin.gate());
  return router;
}

async function clusterIdOf(probe: KafkaProbe): Promise<string> {
  return probe.clusterId().catch((error) => {
    throw unavailable(
      'kafka',
      'Kafka is away: which events are stored is not known until it is back',
      5,
      error,
    );
  });
}

/** A compressed stream would hold events back. */
function isCompressible(req: Request, res: Response): boolean {
  return (
    res.getHeader('Content-Type')?.toString().startsWith('text/event-stream') !== true &&
    compression.filter(req, res)
  );
}
