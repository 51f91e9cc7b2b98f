// The trace of one event: as a page, as JSON, and as a stream of the visitor's own events for the trace bar.

import { isDeepStrictEqual } from 'node:util';
import { type Request, type Response, Router } from 'express';
import type { OfferFeed } from '../behaviour/offer-feed.ts';
import { OFFER_WORDS } from '../behaviour/offer-words.ts';
import { type Offer, readOpenOffers } from '../behaviour/store.ts';
import { deviceOfPages } from '../enrichment/request-context.ts';
import { tellDevice } from '../enrichment/told-devices.ts';
import type { EventContext } from '../events/event.ts';
import { isId } from '../events/ids.ts';
import { notFound, unavailable } from '../http/errors.ts';
import { sendJson } from '../http/json.ts';
import { serve } from '../http/operation.ts';
import { route } from '../http/routes.ts';
import type { Streams } from '../http/sse.ts';
import type { Admin } from '../site/admin.ts';
import { plainLayout } from '../site/layout.ts';
import { visitorOf } from '../site/visitor.ts';
import { findKnownEvent, type KnownEvent } from '../tracing/known-event.ts';
import { eventOperations } from './operations.ts';
import type { Shop } from './shop.ts';

export function eventRoutes(shop: Shop, streams: Streams, offers: OfferFeed, admin: Admin): Router {
  const router = Router();
  route(router, '/events/:order_id', {
    get: [
      async (req, res) => {
        const { known, isWhole } = await requestedEvent(shop, admin, req);
        res.set('Cache-Control', 'no-store');
        res.render('event', {
          ...plainLayout(req, res, shop.traces, 'The trace of an event'),
          ...known,
          isWhole,
        });
      },
    ],
  });
  serve(router, eventOperations.find, async (req, res) => {
    const { trace: _, ...known } = (await requestedEvent(shop, admin, req)).known;
    sendJson(res, known);
  });
  serve(router, eventOperations.trace, (req, res) => streamTraces(shop, streams, offers, req, res));
  return router;
}

type Requested = {
  readonly known: KnownEvent;
  /** Whether nothing is left out. */
  readonly isWhole: boolean;
};

/** An event's personal fields are shown to its visitor and to the admin only. */
async function requestedEvent(shop: Shop, admin: Admin, req: Request): Promise<Requested> {
  const { order_id: orderId } = req.params;
  if (!isId(orderId)) throw notFound('there is no such event', orderId, '32 lower-case hex digits');
  const known = await findKnownEvent(shop.pool, shop.traces, orderId).catch((error) => {
    throw unavailable('postgres', 'Postgres is away, and only it knows this event', 5, error);
  });
  if (known === undefined)
    throw notFound('this event is not known (yet)', orderId, 'the order_id of a stored event');
  const isOwn = req.signedCookies?.visitor === known.event.user_id;
  if (isOwn || admin.is(req)) return { known, isWhole: true };
  const context = publicContext(known.context);
  const isWhole = isDeepStrictEqual(context, known.context);
  return { known: { ...known, context }, isWhole };
}

/** Fields of the context that are not personal; the others are address, device, referrer and profile. */
const PUBLIC: ReadonlySet<string> = new Set(['item', 'bot', 'simulated', 'received_at']);

function publicContext(context: EventContext | null): EventContext | null {
  if (context === null) return null;
  return Object.fromEntries(Object.entries(context).filter(([name]) => PUBLIC.has(name)));
}

/** Streams the traces of the visitor's recent events, at once and at each change, and the visitor's open and new offers. */
function streamTraces(shop: Shop, streams: Streams, offers: OfferFeed, req: Request, res: Response): void {
  const { id } = visitorOf(req, res);
  let unwatch = () => {};
  const stream = streams.open(req, res, () => unwatch());
  for (const trace of shop.traces.recent(id, 20).reverse()) stream.send('trace', trace);
  const tell = (offer: Offer) => stream.send('offer', { id: offer.id, ...OFFER_WORDS[offer.offer] });
  const unwatchTraces = shop.traces.watch(id, (trace) => stream.send('trace', trace));
  const unwatchOffers = offers.watch(id, tell);
  unwatch = () => {
    unwatchTraces();
    unwatchOffers();
  };
  // The page's own event was made before its script could tell the device. Where Postgres is away, the visitor's next event tells it.
  const device = deviceOfPages(req);
  if (device !== undefined) tellDevice(shop.pool, id, device).catch(() => {});
  // Where Postgres is away, offers are told when the stream is opened anew.
  readOpenOffers(shop.pool, id)
    .then((open) => open.forEach(tell))
    .catch(() => {});
}
