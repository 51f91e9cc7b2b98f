// Parses the body of a page's form, which is small and urlencoded; anything else is 415.

import { type NextFunction, type Request, type Response, urlencoded } from 'express';
import { HttpError } from './errors.ts';

const FORM_BYTES = 16 * 1024;
const FIELDS = 20;

/**
 * Reads a form into req.body.
 * @param limit bytes; a larger form is 413
 * @param fields limit of its fields; more are 413
 */
export function form(limit = FORM_BYTES, fields = FIELDS) {
  const parse = urlencoded({ extended: false, limit, parameterLimit: fields });
  return (req: Request, res: Response, next: NextFunction) => {
    if (req.is('application/x-www-form-urlencoded') === false) {
      throw new HttpError(415, 'content_type', 'this route takes a form', {
        received: req.get('content-type') ?? 'no Content-Type',
        expected: 'application/x-www-form-urlencoded',
      });
    }
    parse(req, res, next);
  };
}
