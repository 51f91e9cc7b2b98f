// Postgres's text has no NUL character, so an address with one names nothing that is stored, and no route needs to look for it.

import type { RequestHandler } from 'express';
import { badRequest } from './errors.ts';

/** Answers an address with a NUL character with 400. */
export const refuseNul: RequestHandler = (req, _res, next) => {
  if (req.originalUrl.includes('%00'))
    throw badRequest('the address has a NUL character', '%00', 'an address without it');
  next();
};
