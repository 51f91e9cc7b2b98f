// Tabs that a browser opens at once, before it has a cookie of the shop, are one visitor's. Each asks without a cookie, and
// the answer that comes last would decide who the visitor is from then on, after events of the others were counted as
// somebody else's. So who asks like a newcomer that was answered just now is sent to the same page once more: a browser that
// has that newcomer's cookie brings it there, and another one (people behind one address have equal browsers) brings none and
// is a visitor of its own. No event is held back, and nothing is remembered for longer than two seconds. Where several
// processes serve one shop, a balancer that goes by addresses keeps the tabs of a browser together.

import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { isVisit } from '../enrichment/visit.ts';
import { isId } from '../events/ids.ts';
import { limitKeyOf } from '../http/client-address.ts';

/** How much later than the first a tab of the same moment may ask. */
const TOGETHER_MS = 2_000;
const MOST_NEWCOMERS = 10_000;
/** Marks the query of who was sent once more; public/js/base.js takes it out of the address that the visitor sees. */
const MARK = 'again';
const MARKED = new RegExp(`([?&])${MARK}(?:&|$)`);

/** Goes before the pages. Clients that don't ask as browsers do are let through. */
export function oneVisitorForFirstTabs(): RequestHandler {
  /** By what tabs of one browser have in common: when the newest newcomer has been answered. */
  const newcomers = new LRUCache<string, Promise<void>>({ max: MOST_NEWCOMERS, ttl: TOGETHER_MS });
  return (req, res, next) => {
    const wasSent = takeMarkOff(req);
    if (!isFirstTab(req)) {
      next();
      return;
    }
    const kind = JSON.stringify([limitKeyOf(req), req.get('user-agent'), req.get('accept-language')]);
    const before = newcomers.get(kind);
    if (before === undefined || wasSent) {
      newcomers.set(kind, answered(res));
      next();
    } else
      void before.then(() => res.set('Cache-Control', 'no-store').redirect(307, marked(req.originalUrl)));
  };
}

/** Once the cookie is with the browser. An answer that has begun may never end: a stream, or one that nobody reads. */
function answered(res: Response): Promise<void> {
  return new Promise((resolve) => {
    res.once('close', resolve);
    const { writeHead } = res;
    const begin = (...given: unknown[]): Response => {
      setTimeout(resolve, TOGETHER_MS).unref();
      return Reflect.apply(writeHead, res, given);
    };
    res.writeHead = begin as typeof writeHead;
  });
}

/** True where a browser asks for a page and brings no visitor. On a plain http address only the older header tells. */
function isFirstTab(req: Request): boolean {
  const navigates = req.get('sec-fetch-mode') === 'navigate' || req.get('upgrade-insecure-requests') === '1';
  return req.method === 'GET' && navigates && isVisit(req) && !isId(req.signedCookies.visitor);
}

/** The same address, with the mark; `//` at its beginning would name another host. */
const marked = (url: string): string =>
  `${url.replace(/^[/\\]+/, '/')}${url.includes('?') ? '&' : '?'}${MARK}`;

/** @returns whether it was there */
function takeMarkOff(req: Request): boolean {
  if (!MARKED.test(req.url)) return false;
  req.url = req.url.replace(MARKED, '$1').replace(/[?&]$/, '');
  req.originalUrl = req.url;
  return true;
}
