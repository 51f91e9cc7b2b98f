// Limits the requests of one address, so that one client can't fill the outbox or starve the others: beyond the limit, 429 with
// Retry-After. express-rate-limit counts, in this process.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { rateLimit as createLimit } from 'express-rate-limit';
import { limitKeyOf } from './client-address.ts';
import { HttpError } from './errors.ts';
import { MonotonicRateStore } from './monotonic-rate-store.ts';

const WINDOW_SECONDS = 10;

/** The error of an address that is over a limit. */
export const tooMany = (code: string, message: string, retryAfter: number, expected: string) =>
  new HttpError(429, code, message, { expected, retryAfter, advice: 'Wait a moment, then try again.' });

/**
 * Limits the requests of an address.
 * @param perSecond requests per second, on average over 10 seconds; Infinity for no limit
 * @param now a monotonic clock, in milliseconds
 */
export function rateLimit(perSecond: number, now?: () => number): RequestHandler {
  if (perSecond === Number.POSITIVE_INFINITY) return (_req, _res, next) => next();
  return createLimit({
    windowMs: WINDOW_SECONDS * 1_000,
    store: new MonotonicRateStore(WINDOW_SECONDS * 1_000, now),
    limit: perSecond * WINDOW_SECONDS,
    keyGenerator: limitKeyOf,
    standardHeaders: false,
    legacyHeaders: false,
    // No warnings about X-Forwarded-For: TRUST_PROXY decides which headers count.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_req: Request, _res: Response, next: NextFunction) =>
      next(
        tooMany(
          'too_many_requests',
          'too many requests from this address',
          WINDOW_SECONDS,
          `at most ${perSecond * WINDOW_SECONDS} in ${WINDOW_SECONDS} seconds`,
        ),
      ),
  });
}

/** Refuses an address with too many failed requests in a minute. */
export function attemptLimit(perMinute: number): RequestHandler {
  return createLimit({
    windowMs: 60_000,
    store: new MonotonicRateStore(60_000),
    limit: perMinute,
    keyGenerator: limitKeyOf,
    skipSuccessfulRequests: true,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_req: Request, _res: Response, next: NextFunction) =>
      next(tooMany('too_many_attempts', 'too many wrong tries', 60, `at most ${perMinute} in a minute`)),
  });
}
