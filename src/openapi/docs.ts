// GET /api/openapi.json and the page that shows it.

import { type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { serve } from '../http/operation.ts';
import type { Whereabouts } from '../http/whereabouts.ts';
import { type Layout, plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import { type DocsModel, docsModel } from './docs-model.ts';
import { type OpenApiDocument, openApiDocument } from './document.ts';
import { descriptionOperations, OPERATIONS, TAGS } from './operations.ts';

/** A body is 300 kB that take 15 ms to make; readers ask by few names of the shop. */
const MOST_BODIES = 8;

type DocsPage = Layout & {
  readonly docs: () => DocsModel;
  /** The page's body, made once for all who ask by the same name. */
  readonly body: (make: () => string) => string;
};

export function apiDocs(traces: Traces, version: string, whereabouts: Whereabouts): Router {
  const router = Router();
  const bodies = new LRUCache<string, string>({ max: MOST_BODIES });
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
    const origin = whereabouts.originFor(req) + whereabouts.path;
    const model: DocsPage = {
      ...plainLayout(req, res, traces, 'API'),
      docs: () => docsModel(document(), origin),
      body: (make) => {
        const body = bodies.get(origin) ?? make();
        bodies.set(origin, body);
        return body;
      },
    };
    render(res, model);
  });
  return router;
}

function render(res: Response, model: DocsPage): void {
  res.set('Cache-Control', 'no-store').render('api-docs', model);
}
