// GET /api/openapi.json and the page that shows it.

import { type Request, type Response, Router } from 'express';
import { serve } from '../http/operation.ts';
import { plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import { docsModel } from './docs-model.ts';
import { openApiDocument } from './document.ts';
import { descriptionOperations, OPERATIONS, TAGS } from './operations.ts';

export function apiDocs(traces: Traces, version: string): Router {
  const router = Router();
  const document = openApiDocument(OPERATIONS, TAGS, version);
  serve(router, descriptionOperations.document, (_req, res) =>
    res.set('Cache-Control', 'no-cache').json(document),
  );
  serve(router, descriptionOperations.docs, (req, res) => {
    const model = { ...plainLayout(req, res, traces, 'API'), ...docsModel(document, originOf(req)) };
    render(res, model);
  });
  return router;
}

function render(res: Response, model: object): void {
  res.set('Cache-Control', 'no-store').render('api-docs', model);
}

/** As the reader's browser names this server; a Host that is none is not repeated. */
function originOf(req: Request): string {
  const host = req.get('host') ?? '';
  return `${req.protocol}://${/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?$/i.test(host) ? host : 'localhost'}`;
}
