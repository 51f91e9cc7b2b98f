// Does somebody look at a page? A browser that fetches ahead, a page of another site that shows ours as its picture or
// in its frame, a script and HEAD don't: whatever they are answered, it is no event.

import type { Request, RequestHandler } from 'express';

/** Sec-Purpose is the standard's (Fetch, 4.6); the others are of older Chromium, Safari and Firefox. */
const PURPOSE_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;
/** What browsers accept for a picture, a film or a style sheet: on plain http they don't send Sec-Fetch-Dest. */
const PART = /^(?:image|video|audio|font)\/|^text\/css/;
const AHEAD = /prefetch|prerender|preview/i;

/** True where a browser fetches a page that its visitor may look at later, or never. */
function isFetchedAhead(req: Request): boolean {
  return PURPOSE_HEADERS.some((name) => AHEAD.test(req.get(name) ?? ''));
}

/** True where the answer is shown to somebody as a page; clients that don't say what they want it for are believed. */
export function isVisit(req: Request): boolean {
  const destination = req.get('sec-fetch-dest');
  const isPage = destination === undefined ? !PART.test(req.get('accept') ?? '') : destination === 'document';
  return req.method !== 'HEAD' && !isFetchedAhead(req) && isPage;
}

/**
 * Goes before pages whose visit is an event: a browser that had fetched the page ahead would show it without another request, and
 * the visit would not count. A failed response is discarded, and the page is requested when the visitor comes.
 */
export const refuseAhead: RequestHandler = (req, res, next) => {
  if (!isFetchedAhead(req)) next();
  else res.status(503).set('Cache-Control', 'no-store').type('text').send('This page is not served ahead.\n');
};
