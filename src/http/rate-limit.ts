// Limits the requests of one address: beyond the limit, 429 with Retry-After, so that one client can't fill the outbox or starve the
// others. Counted in this process, by express-rate-limit.

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
 * @param perSecond requests of one address, as the mean of 10 seconds; Infinity for any number
 * @param now milliseconds of a clock that is never set back
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
    // Its warning about unexpected X-Forwarded-For is off: TRUST_PROXY decides which headers count.
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

/** Refuses an address that has failed too often in the last minute. */
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
