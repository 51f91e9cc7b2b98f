// GET /api/offers and its log; a visitor's own offers as a page, each of which can be redeemed once.

import { type Request, type Response, Router } from 'express';
import type { Pool } from '../db/pool.ts';
import { isId } from '../events/ids.ts';
import { HttpError, notFound, unavailable } from '../http/errors.ts';
import { serve } from '../http/operation.ts';
import { readQuery } from '../http/query.ts';
import { ResponseCache } from '../http/response-cache.ts';
import { route } from '../http/routes.ts';
import { plainLayout } from '../site/layout.ts';
import { visitorOf } from '../site/visitor.ts';
import type { Traces } from '../tracing/traces.ts';
import { readLog } from './log.ts';
import { OFFER_WORDS } from './offer-words.ts';
import { offerOperations } from './operations.ts';
import { readOffers, readOpenOffers, redeemOffer } from './store.ts';

const OFFER_COLUMNS = ['offer_id', 'user_id', 'offer', 'made_at', 'redeemed_at'] as const;
const LOG_COLUMNS = ['at', 'user_id', 'order_id', 'from_state', 'to_state', 'because'] as const;

export function offerRoutes(pool: Pool, traces: Traces): Router {
  const router = Router();
  const cache = new ResponseCache();
  serve(router, offerOperations.offers, (req, res) =>
    cache.send(req, res, async () => {
      const { limit } = readQuery(offerOperations.offers.query, req);
      const rows = (await readOffers(pool, limit)).map(({ id, seq: _, ...offer }) => ({
        offer_id: id,
        ...offer,
      }));
      return { name: 'offers', columns: OFFER_COLUMNS, rows, more: {} };
    }),
  );
  serve(router, offerOperations.log, (req, res) =>
    cache.send(req, res, async () => {
      const { limit } = readQuery(offerOperations.log.query, req);
      return { name: 'offers-log', columns: LOG_COLUMNS, rows: await readLog(pool, limit), more: {} };
    }),
  );
  route(router, '/offers', { get: [(req, res) => showOffers(pool, traces, req, res)] });
  route(router, '/offers/:id/redeem', { post: [(req, res) => redeem(pool, req, res)] });
  return router;
}

const whileAway = (error: unknown) => {
  throw unavailable('postgres', 'Postgres is away, and only it knows your offers', 5, error);
};

async function showOffers(pool: Pool, traces: Traces, req: Request, res: Response): Promise<void> {
  const { id } = visitorOf(req, res);
  const offers = await readOpenOffers(pool, id).catch(whileAway);
  res.set('Cache-Control', 'no-store').render('offers', {
    ...plainLayout(req, res, traces, 'Your offers'),
    offers: (offers ?? []).map((offer) => ({ ...offer, ...OFFER_WORDS[offer.offer] })),
    redeemed: req.query.redeemed === '1',
  });
}

async function redeem(pool: Pool, req: Request, res: Response): Promise<void> {
  const { id } = req.params;
  if (!isId(id)) throw notFound('there is no such offer', id, '32 lower-case hex digits');
  const done = await redeemOffer(pool, id, visitorOf(req, res).id).catch(whileAway);
  if (done !== true)
    throw new HttpError(409, 'offer_gone', 'this offer is not yours', {
      received: id,
      expected: 'an offer of yours',
    });
  res.redirect(303, '/offers?redeemed=1');
}
