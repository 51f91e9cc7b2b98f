// GET /api/faults.

import { Router } from 'express';
import type { Pool } from '../../db/pool.ts';
import { badRequest } from '../../http/errors.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { ResponseCache } from '../../http/response-cache.ts';
import { periodOperation } from './operations.ts';
import { readPeriods } from './store.ts';

const DAY_MS = 86_400_000;
const COLUMNS = ['source', 'fault', 'share', 'from', 'to'] as const;

export function faultRoutes(pool: Pool): Router {
  const router = Router();
  const cache = new ResponseCache();
  serve(router, periodOperation, (req, res) =>
    cache.send(req, res, async () => {
      const now = new Date();
      const given = readQuery(periodOperation.query, req);
      const to = given.to === undefined ? now : new Date(given.to);
      const from = given.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(given.from);
      if (from >= to)
        throw badRequest('the range is empty', given.from, `an instant before ${to.toISOString()}`);
      const rows = await readPeriods(pool, from, to, now);
      return { name: 'faults', columns: COLUMNS, rows, more: { meta: { as_of: now.toISOString() } } };
    }),
  );
  return router;
}
