// GET /api/openapi.json and the page that shows it.

import { type Response, Router } from 'express';
import { serve } from '../http/operation.ts';
import type { Whereabouts } from '../http/whereabouts.ts';
import { plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import { docsModel } from './docs-model.ts';
import { type OpenApiDocument, openApiDocument } from './document.ts';
import { descriptionOperations, OPERATIONS, TAGS } from './operations.ts';

export function apiDocs(traces: Traces, version: string, whereabouts: Whereabouts): Router {
  const router = Router();
  let described: OpenApiDocument | undefined;
  // When first asked for: a start of the program has better things to do.
  const document = () => {
    described ??= openApiDocument(OPERATIONS, TAGS, version, whereabouts.path || '/');
    return described;
  };
  serve(router, descriptionOperations.document, (_req, res) =>
    res.set('Cache-Control', 'no-cache').json(document()),
  );
  serve(router, descriptionOperations.docs, (req, res) => {
    const model = {
      ...plainLayout(req, res, traces, 'API'),
      ...docsModel(document(), whereabouts.originFor(req) + whereabouts.path),
    };
    render(res, model);
  });
  return router;
}

function render(res: Response, model: object): void {
  res.set('Cache-Control', 'no-store').render('api-docs', model);
}
