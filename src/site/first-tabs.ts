// Tabs that a browser opens at once, before it has a cookie of the shop, belong to one visitor. Each request comes without a cookie
// and would make a visitor of its own; the cookie that arrives last would win, after the other tabs' events were counted as other
// people's. So a request that looks like a newcomer answered just now (same address, user agent and language) is redirected to the same
// page: the same browser brings the newcomer's cookie there. Another browser that looks alike brings none, and becomes a visitor of
// its own, or is redirected once more after a newcomer that has come meanwhile, which may be its own other tab. No event is held back,
// and nothing is remembered for longer than two seconds. Where several processes serve one shop, a load balancer that hashes addresses
// keeps the tabs of a browser together.

import type { Request, RequestHandler, Response } from 'express';
import { LRUCache } from 'lru-cache';
import { isVisit } from '../enrichment/visit.ts';
import { isId } from '../events/ids.ts';
import { limitKeyOf } from '../http/client-address.ts';

/** How much later than the first a tab of the same moment may ask. */
const TOGETHER_MS = 2_000;
const MOST_NEWCOMERS = 10_000;
/** How often one request is redirected: many people may share an address. */
const MOST_SENDS = 3;
/**
 * Query parameter of a redirected request: the newcomer's number, and how often it was redirected. public/js/base.js takes it out of
 * the address bar.
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

/** Whether a request is another browser's: it was redirected after this newcomer, and brings no cookie, or too often. */
const isAnother = (sent: Sent | undefined, { number }: Newcomer): boolean =>
  sent !== undefined && (sent.after >= number || sent.times >= MOST_SENDS);

/** Settles once the browser has the cookie: at the end of the answer, or some time after its head, as a stream never ends. */
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
