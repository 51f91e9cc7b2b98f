// Tabs that a browser opens at once, before it has a cookie of the shop, are one visitor's. Each asks without a cookie, and
// the answer that comes last would decide who the visitor is from then on, after events of the others were counted as
// somebody else's. So who asks like a newcomer that was answered just now is sent to the same page once more: a browser that
// has that newcomer's cookie brings it there, and another one (people behind one address have equal browsers) brings none and
// is a visitor of its own, or sent on after a newcomer that has come meanwhile: its own other tab, for all we know. No event is held
// back, and nothing is remembered for longer than two seconds. Where several processes serve one shop, a balancer that goes by addresses
// keeps the tabs of a browser together.

import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { isVisit } from '../enrichment/visit.ts';
import { isId } from '../events/ids.ts';
import { limitKeyOf } from '../http/client-address.ts';

/** How much later than the first a tab of the same moment may ask. */
const TOGETHER_MS = 2_000;
const MOST_NEWCOMERS = 10_000;
/** How often one request is sent on: people behind one address may be many. */
const MOST_SENDS = 3;
/**
 * In the query of who was sent on: the newcomer's number, and how often. public/js/base.js takes it out of the address that the visitor
 * sees.
 */
const MARK = 'again';
const MARKED = new RegExp(`([?&])${MARK}=(\\d{1,15})-(\\d)(?:&|$)`);

type Newcomer = {
  readonly number: number;
  /** When it has been answered. */
  readonly answered: Promise<void>;
};
type Sent = { readonly after: number; readonly times: number };

/** Goes before the pages. Clients that don't ask as browsers do are let through. */
export function oneVisitorForFirstTabs(): RequestHandler {
  /** The newest, by what tabs of one browser have in common. */
  const newcomers = new LRUCache<string, Newcomer>({ max: MOST_NEWCOMERS, ttl: TOGETHER_MS });
  let count = 0;
  return (req, res, next) => {
    const sent = takeMarkOff(req);
    if (!isFirstTab(req)) {
      next();
      return;
    }
    const kind = JSON.stringify([limitKeyOf(req), req.get('user-agent'), req.get('accept-language')]);
    const newest = newcomers.get(kind);
    if (newest === undefined || isAnother(sent, newest)) {
      count += 1;
      newcomers.set(kind, { number: count, answered: answered(res) });
      next();
      return;
    }
    const mark = { after: newest.number, times: (sent?.times ?? 0) + 1 };
    void newest.answered.then(() =>
      res.set('Cache-Control', 'no-store').redirect(307, marked(req.originalUrl, mark)),
    );
  };
}

/** Whether who was sent on would have the newcomer's cookie if they were one. */
const isAnother = (sent: Sent | undefined, { number }: Newcomer): boolean =>
  sent !== undefined && (sent.after >= number || sent.times >= MOST_SENDS);

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
const marked = (url: string, { after, times }: Sent): string =>
  `${url.replace(/^[/\\]+/, '/')}${url.includes('?') ? '&' : '?'}${MARK}=${after}-${times}`;

/** @returns what it says; undefined where there is none */
function takeMarkOff(req: Request): Sent | undefined {
  const found = MARKED.exec(req.url);
  if (found === null) return undefined;
  req.url = req.url.replace(MARKED, '$1').replace(/[?&]$/, '');
  req.originalUrl = req.url;
  return { after: Number(found[2]), times: Number(found[3]) };
}
