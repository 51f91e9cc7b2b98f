// JSON bodies of requests, and JSON answers that are not cached.

import type { NextFunction, Request, Response } from 'express';
import { HttpError } from './errors.ts';

/** For body parsers and Request.is(). */
export const JSON_TYPES = ['application/json', 'application/*+json'];

/**
 * Refuses bodies of another Content-Type with 415.
 * @param message says what the route takes, like `this route takes JSON`
 */
export function requireJson(message: string) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    if (req.is(JSON_TYPES) === false) {
      throw new HttpError(415, 'content_type', message, {
        received: req.get('content-type') ?? 'no Content-Type',
        expected: 'application/json',
      });
    }
    next();
  };
}

/** Answers with JSON that is not cached. */
export function sendJson(res: Response, body: object): void {
  res.set('Cache-Control', 'no-store').json(body);
}
