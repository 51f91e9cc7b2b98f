// GET /api/openapi.json, and the page that shows it.

import { type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { serve } from '../http/operation.ts';
import type { ShopOrigin } from '../http/shop-origin.ts';
import { type Layout, plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import { type DocsModel, docsModel } from './docs-model.ts';
import { type OpenApiDocument, openApiDocument } from './document.ts';
import { descriptionOperations, OPERATIONS, TAGS } from './operations.ts';

/** Page bodies that are cached, by origin: one has 300 kB and takes 15 ms, and readers use few names of the shop. */
const MOST_BODIES = 8;

type DocsPage = Layout & {
  readonly docs: () => DocsModel;
  /** Caches the page's body by origin. */
  readonly body: (make: () => string) => string;
};

/** Routes of the API's description. @param version of the program */
export function apiDocs(traces: Traces, version: string, shopOrigin: ShopOrigin): Router {
  const router = Router();
  const bodies = new LRUCache<string, string>({ max: MOST_BODIES });
  let described: OpenApiDocument | undefined;
  // Made at the first request, so that the program starts faster.
  const document = () => {
    described ??= openApiDocument(OPERATIONS, TAGS, version, shopOrigin.path || '/');
    return described;
  };
  serve(router, descriptionOperations.document, (_req, res) =>
    res.set('Cache-Control', 'no-cache').json(document()),
  );
  serve(router, descriptionOperations.docs, (req, res) => {
    const origin = shopOrigin.originFor(req) + shopOrigin.path;
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
