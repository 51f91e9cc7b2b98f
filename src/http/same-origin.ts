// Forms and scripts of other sites may not change anything here in a visitor's name (cross-site request forgery). A
// browser says where a request comes from, in Sec-Fetch-Site (W3C Fetch Metadata) or Origin (RFC 6454); a client that
// sends neither is not a browser and has nobody's name.

import type { NextFunction, Request, Response } from 'express';
import { HttpError } from './errors.ts';

/** Goes before the handlers of a route that changes something. */
export function sameOrigin(req: Request, _res: Response, next: NextFunction): void {
  const site = req.get('sec-fetch-site');
  const origin = req.get('origin');
  const own = site === undefined ? isOwn(origin, req.get('host')) : site === 'same-origin' || site === 'none';
  if (own) {
    next();
    return;
  }
  throw new HttpError(403, 'other_origin', 'another site sent this', {
    received: origin ?? site,
    expected: 'a request from a page of this shop, or from a program',
    advice: 'Open the page here and send its form from there.',
  });
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
