// GET /dashboard and its stream. The page has no numbers: its charts fetch them.

import { type Request, type Response, Router } from 'express';
import type { Pool } from '../db/pool.ts';
import { readTimeZone } from '../db/time-zone.ts';
import { readWhose, whoseText } from '../events/whose.ts';
import { unavailable } from '../http/errors.ts';
import { serve } from '../http/operation.ts';
import { readQuery } from '../http/query.ts';
import { route } from '../http/routes.ts';
import { crowdSwitch } from '../simulator/control/switch-model.ts';
import { plainLayout } from '../site/layout.ts';
import type { Traces } from '../tracing/traces.ts';
import { dayExtent, finishedLoads } from './charts/extent.ts';
import { liveOperation } from './charts/operations.ts';
import { dayIn, everything } from './charts/range.ts';
import { QUESTIONS } from './questions/questions.ts';
import type { TodayFeed } from './today-feed.ts';

const FILTERS = ['from', 'to', 'product', 'device', 'year'] as const;

export function dashboardPage(pool: Pool, traces: Traces, today: TodayFeed): Router {
  const router = Router();
  route(router, '/dashboard', { get: [(req, res) => show(pool, traces, req, res)] });
  serve(router, liveOperation, (req, res) => today.open(req, res, readQuery(liveOperation.query, req)));
  return router;
}

async function show(pool: Pool, traces: Traces, req: Request, res: Response): Promise<void> {
  const reads = [readTimeZone(pool), finishedLoads(pool), crowdSwitch(pool)] as const;
  const known = Promise.all(reads).then(async ([timeZone, loads, crowd]) => {
    const today = dayIn(timeZone);
    return { timeZone, loads, crowd, today, extent: await dayExtent(pool, today) };
  });
  const { timeZone, loads, crowd, today, extent } = await known.catch((error) => {
    throw unavailable('postgres', 'Postgres is away: there is nothing to chart until it is back', 5, error);
  });
  const filters = Object.fromEntries(
    FILTERS.map((name) => {
      const value = req.query[name];
      return [name, typeof value === 'string' ? value : null];
    }),
  );
  const whose = readWhose(req.query);
  res.set('Cache-Control', 'no-store').render('dashboard', {
    ...plainLayout(req, res, traces, 'Dashboard'),
    filters,
    whose,
    whoseText: whoseText(whose),
    timeZone,
    extent: extent ?? null,
    everything: everything(extent, today),
    loads,
    questions: QUESTIONS,
    today,
    crowd,
  });
}
