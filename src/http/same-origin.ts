// Protects against cross-site request forgery: requests that change something are accepted from the shop's own pages and from programs,
// not from pages of other sites. A browser sends the origin of a request in Sec-Fetch-Site (W3C Fetch Metadata) or Origin (RFC 6454); a
// client that sends neither is not a browser, and has no visitor's cookies. It is one handler before all routes, so that none can lack
// it. GET and HEAD change nothing.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpError } from './errors.ts';
import type { ShopOrigin } from './shop-origin.ts';

/** A route that pages of other sites may use too; returns true if it has passed the request on or responded. */
export type OpenToOthers = (req: Request, res: Response, next: NextFunction) => boolean;

/** @param open called with requests of other sites before they are refused */
export function sameOrigin(shopOrigin: ShopOrigin, open: OpenToOthers): RequestHandler {
  return (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD' || isOwn(shopOrigin, req)) {
      next();
      return;
    }
    if (open(req, res, next)) return;
    throw new HttpError(403, 'other_origin', 'another site sent this', {
      received: req.get('origin') ?? req.get('sec-fetch-site'),
      expected: 'a request from a page of this shop, or from a program',
      advice: 'Open the page here and send its form from there.',
    });
  };
}

function isOwn(shopOrigin: ShopOrigin, req: Request): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  return origin === undefined || shopOrigin.isOwnOrigin(origin, req);
}
