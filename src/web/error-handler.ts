// The last handler: every error becomes a status with words, as JSON below /api and wherever a client asks for it, as a
// page elsewhere.

import type { NextFunction, Request, Response } from 'express';
import { type HttpError, notFound, toHttpError } from '../http/errors.ts';
import type { Logger } from '../runtime/log.ts';
import { plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'That was not understood',
  401: 'That is for the admin',
  403: 'That is not possible',
  404: 'There is nothing here',
  405: 'That is not how this page works',
  409: 'That has been done already',
  413: 'That is too large',
  415: 'That is not the right kind of content',
  421: 'The shop has another address',
  429: 'That was too much at once',
  503: 'Not at the moment',
};
const ADVICE: Readonly<Record<number, string>> = {
  404: 'The shop is at its front page.',
  500: 'It has been logged. Try again, or go to the front page.',
};

/** For every path that nothing else answers. */
export function unknownPath(req: Request): never {
  throw notFound('there is no such page', req.path, 'a path of the shop, or see /api/docs');
}

export function errorHandler(traces: Traces, log: Logger) {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    const error = toHttpError(thrown);
    // An outage is logged once, by the part that notices it; 503 is then the expected answer.
    const level = error.status >= 500 && error.status !== 503 ? 'error' : 'debug';
    log[level]({ err: error.details.cause ?? thrown, path: req.path, status: error.status }, error.message);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    // The rest of a refused body must not be parsed as the next request.
    if (error.status === 413 || error.status === 415) res.set('Connection', 'close');
    if (error.details.retryAfter !== undefined) res.set('Retry-After', String(error.details.retryAfter));
    res.status(error.status).set('Cache-Control', 'no-store');
    if (wantsJson(req)) sendJson(res, error);
    else sendPage(req, res, error, traces);
  };
}

function wantsJson(req: Request): boolean {
  return req.path.startsWith('/api/') || req.accepts(['text/html', 'application/json']) !== 'text/html';
}

function sendJson(res: Response, { code, message, details }: HttpError): void {
  const { received, expected, problems } = details;
  const error = { code, message, received: received ?? null, expected: expected ?? null };
  res.json({ error: problems === undefined ? error : { ...error, problems } });
}

function sendPage(req: Request, res: Response, error: HttpError, traces: Traces): void {
  const { received, expected, advice } = error.details;
  const came = received === undefined ? '' : `, received ${JSON.stringify(received)}`;
  const message = `${error.message}${came}${expected === undefined ? '' : `, expected ${expected}`}.`;
  const layout = plainLayout(req, res, traces, TITLES[error.status] ?? 'Something went wrong');
  // Who asks for another name is no visitor of this shop.
  if (error.status === 421) res.removeHeader('Set-Cookie');
  res.render('error', {
    ...layout,
    status: error.status,
    message: message.charAt(0).toUpperCase() + message.slice(1),
    advice: advice ?? ADVICE[error.status] ?? '',
    again: undefined,
  });
}
