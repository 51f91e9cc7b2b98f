// Declares a path with its methods; any other method is 405 with Allow.

import type { IRouter, NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpError } from './errors.ts';

export type Handler = (req: Request, res: Response, next: NextFunction) => unknown;
export type Methods = { readonly get?: readonly Handler[]; readonly post?: readonly Handler[] };

/** Routes a path. Handlers may be async: their errors reach the error handler. */
export function route(router: IRouter, path: string, methods: Methods): void {
  const { get, post } = methods;
  const target = router.route(path);
  if (get !== undefined) target.get(...(get as RequestHandler[]));
  if (post !== undefined) target.post(...(post as RequestHandler[]));
  const allowed = [...(get === undefined ? [] : ['GET', 'HEAD']), ...(post === undefined ? [] : ['POST'])];
  target.all((req, res) => {
    res.set('Allow', allowed.join(', '));
    throw new HttpError(405, 'method_not_allowed', `${path} does not take ${req.method}`, {
      received: req.method,
      expected: allowed.join(' or '),
    });
  });
}
