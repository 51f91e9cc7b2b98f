// The Express application: the routers of all rooms, in their order.

import type { EventEmitter } from 'node:events';
import path from 'node:path';
import { constants } from 'node:zlib';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import ejs from 'ejs';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { aggregatorApi } from '../aggregator/api.ts';
import { Definitions } from '../aggregator/definitions.ts';
import { aggregatorPages } from '../aggregator/pages/routes.ts';
import { offerRoutes } from '../behaviour/routes.ts';
import { collector } from '../collector/collector.ts';
import * as operations from '../collector/operations.ts';
import { clusterOf } from '../connections.ts';
import { charts } from '../dashboard/charts/routes.ts';
import { livePage } from '../dashboard/live/page.ts';
import { panelRoutes } from '../dashboard/live/routes.ts';
import { dashboardPage } from '../dashboard/page.ts';
import { questionRoute } from '../dashboard/questions/route.ts';
import { sessionsPage } from '../dashboard/sessions/page.ts';
import { deadLetterApi } from '../dead-letters/api.ts';
import { DeadLetters } from '../dead-letters/dead-letters.ts';
import { deadLetterPages } from '../dead-letters/pages.ts';
import { noteSimulated } from '../enrichment/simulated.ts';
import { prefixLinks, prefixPath, stripPath } from '../http/below-path.ts';
import { cors } from '../http/cors.ts';
import { unavailable } from '../http/errors.ts';
import { rateLimit } from '../http/rate-limit.ts';
import { sameOrigin } from '../http/same-origin.ts';
import { filesAt, staticFiles } from '../http/static.ts';
import { Turns } from '../http/turns.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import { lessonRoutes } from '../lessons/routes.ts';
import { apiDocs } from '../openapi/docs.ts';
import { pipelineRoutes } from '../pipeline/routes.ts';
import { packageRoot } from '../runtime/paths.ts';
import { version } from '../runtime/version.ts';
import { sessionsApi } from '../sessions/api.ts';
import { Dataset } from '../sessions/dataset/dataset.ts';
import { simulatorRoutes } from '../simulator/control/routes.ts';
import { faultRoutes } from '../simulator/periods/routes.ts';
import type { Admin } from '../site/admin.ts';
import { oneVisitorForFirstTabs } from '../site/first-tabs.ts';
import { viewHelpers } from '../site/layout.ts';
import { preferences } from '../site/preferences.ts';
import { eventRoutes } from '../storefront/event-routes.ts';
import { pages } from '../storefront/pages.ts';
import { type AppParts, KAFKA_TIMEOUT_MS } from './app-parts.ts';
import { errorHandler, unknownPath } from './error-handler.ts';
import { health, LIVENESS, liveness } from './health.ts';

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
  (app as EventEmitter).on('connection', () => turns.noteConnection());
  configure(app, parts, turns);
  for (const router of routers(parts, turns)) app.use(router);
  app.use(unknownPath);
  app.use(errorHandler(parts.shop.traces, parts.log));
  return app;
}

function configure(app: Express, { shop, shopOrigin, config }: AppParts, turns: Turns): void {
  app.disable('x-powered-by').disable('etag').set('trust proxy', config.TRUST_PROXY);
  // Where the error handler itself fails, Express answers: without a stack only in production.
  app.set('env', 'production');
  const root = path.join(packageRoot, 'views');
  // With a root, an include by its whole path is not looked for on disk each time.
  app.engine('ejs', (file, data, done) =>
    ejs.renderFile(file, data, { root, cache: true }, (error, html) =>
      done(error, html === undefined ? html : prefixLinks(shopOrigin.path, html)),
    ),
  );
  app.set('view engine', 'ejs').set('views', root).enable('view cache');
  Object.assign(app.locals, viewHelpers, { version, filesAt, base: shopOrigin.path });
  prefixPath(app, shopOrigin.path, (req) => shopOrigin.isSecure(req));
  turns.takeToRender(app);
  app.use(stripPath(shopOrigin.path));
  // Before all other work, so that many connections at once are let in soon. Liveness probes don't wait for a turn.
  const turn = turns.take();
  app.use((req, res, next) => (req.path === LIVENESS ? next() : turn(req, res, next)));
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
  app.use(shopOrigin.gate());
  app.use(liveness());
  const pages = compression({ filter: isCompressible, level: PAGE_LEVEL });
  const files = compression({ level: FILE_LEVEL, brotli: { params: FILE_BROTLI }, threshold: 0 });
  app.use((req, res, next) => (/\.(?:js|css|svg)$/.test(req.path) ? files : pages)(req, res, next));
  app.use(sameOrigin(shopOrigin, cors(operations.collect.path, config.CORS_ORIGINS ?? [])));
}

/** In the order in which they are tried. Routes before the rate limit are cheap, or are for monitoring. */
function routers(
  { config, shop, publisher, probe, registry, admin, shopOrigin, ...parts }: AppParts,
  turns: Turns,
): RequestHandler[] {
  const { pool, tracking, traces } = shop;
  const { KAFKA_TOPIC: topic, KAFKA_GROUP: group } = config;
  const deadLetters = new DeadLetters(pool, (event) => tracking.publish(event), KAFKA_TIMEOUT_MS);
  const definitions = new Definitions(pool, parts.topics);
  const dataset = new Dataset(pool, parts.log);
  return [
    staticFiles(),
    rateLimit(config.RATE_LIMIT),
    health(pool, () => publisher.state, probe, { group, topic }, registry, parts.metricsOfOthers),
    collector((events) => tracking.publishAll(events), config.STORE_IP, KAFKA_TIMEOUT_MS, turns.take()),
    charts(pool, parts.changes),
    questionRoute((whose) => parts.today.board(whose)),
    sessionsApi(dataset, async () => ({ group, topic, clusterId: await clusterIdOf(probe) })),
    oneVisitorForFirstTabs(),
    admin.checkBasic(),
    admin.routes(traces),
    onlyAdmin(admin),
    deadLetterApi(deadLetters),
    simulatorRoutes(pool, admin),
    faultRoutes(pool),
    aggregatorApi(definitions, parts.aggregator),
    aggregatorPages(definitions, traces),
    apiDocs(traces, version, shopOrigin),
    // Before /events/:order_id.
    deadLetterPages(shop, deadLetters, { brokers: clusterOf(config).brokers.join(','), topic }),
    pages(shop),
    preferences(),
    eventRoutes(shop, parts.streams, parts.offers, admin),
    offerRoutes(pool, traces),
    panelRoutes(pool, parts.panels),
    livePage(pool, traces, parts.countries),
    dashboardPage(pool, traces, parts.today),
    sessionsPage(dataset, traces),
    lessonRoutes(parts.lessons, admin),
    pipelineRoutes({
      board: parts.pipeline,
      actions: parts.actions,
      admin,
      pool,
      probe,
      traces,
      group,
      topic,
    }),
  ];
}

/** Dead letters and aggregations show what any client may have sent: they are for the admin. */
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
