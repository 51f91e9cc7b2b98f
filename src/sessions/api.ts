// GET /api/sessions and the paths below it: live sessions, and those of loaded files.

import { Router } from 'express';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import { readTimeZone } from '../db/time-zone.ts';
import { isId } from '../events/ids.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { sendJson } from '../http/json.ts';
import { serve } from '../http/operation.ts';
import { readQuery } from '../http/query.ts';
import { type Answer, ResponseCache } from '../http/response-cache.ts';
import { addDays, type DayRange, daysBetween } from '../runtime/day.ts';
import { SingleFlight } from '../runtime/single-flight.ts';
import { MOST_BEGUN, readBegun } from './begun.ts';
import { countedLoads } from './dataset/count.ts';
import type { Dataset } from './dataset/dataset.ts';
import { readExtent, readHalfHours } from './dataset/read.ts';
import type { DatasetVerification } from './dataset/verify.ts';
import { sessionBars } from './live/bars.ts';
import { GAP_MS } from './live/core/step.ts';
import { HALF_HOUR_MS } from './live/half-hours.ts';
import { type Verification, verifySessions } from './live/verify.ts';
import { sessionOperations } from './operations.ts';
import type { Source } from './options.ts';
import { explainVisitor } from './visitor.ts';

/** Lifetime of a verification's cached answer, in milliseconds; the dataset's reads every loaded event. */
const VERIFIED_FOR_MS: Readonly<Record<Source, number>> = { live: 10_000, dataset: 600_000 };
const VERIFIED_HOURS = 8;
const USUAL_HOURS = 8;
const MOST_DAYS = 31;

type HalfHoursQuery = {
  readonly source: Source;
  readonly hours?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** @param ingest gives ingest's subscription, at the first verification */
export function sessionsApi(dataset: Dataset, ingest: () => Promise<Subscription>): Router {
  const { pool } = dataset;
  const router = Router();
  const cache = new ResponseCache();
  serve(router, sessionOperations.halfHours, (req, res) =>
    cache.send(req, res, () => {
      const query = readQuery(sessionOperations.halfHours.query, req);
      return query.source === 'live' ? liveHalfHours(pool, query) : datasetHalfHours(dataset, query);
    }),
  );
  serve(router, sessionOperations.begun, (req, res) =>
    cache.send(req, res, async () => {
      const { source, from } = readQuery(sessionOperations.begun.query, req);
      const rows = await readBegun(dataset, source, halfHourOf(from));
      const shown = rows.slice(0, MOST_BEGUN);
      const meta = { source, gap_ms: GAP_MS, more: rows.length > shown.length };
      const columns = ['user_id', 'started_at', 'ended_at', 'events'];
      return { name: 'sessions-begun', columns, rows: shown, more: { meta } };
    }),
  );
  serveVerification(router, dataset, ingest);
  serve(router, sessionOperations.explain, async (req, res) => {
    const { source } = readQuery(sessionOperations.explain.query, req);
    const id = String(req.params.user_id);
    if (!isId(id)) throw badRequest('the path has no usable user_id', id, '32 lower-case hex digits');
    const events = await explainVisitor(dataset, source, id);
    if (events.length === 0) throw notFound('no event of this visitor is stored', id, 'the id of a visitor');
    sendJson(res, { user_id: id, events });
  });
  return router;
}

async function liveHalfHours(pool: Pool, { hours = USUAL_HOURS, from, to }: HalfHoursQuery): Promise<Answer> {
  if ((from ?? to) !== undefined)
    throw badRequest('days are asked of the dataset', from ?? to, 'hours, or source=dataset');
  const now = Date.now();
  const rows = await sessionBars(pool, now, hours * 2);
  const meta = { source: 'live', as_of: new Date(now).toISOString(), gap_ms: GAP_MS };
  return { name: 'sessions', columns: ['from', 'to', 'sessions'], rows, more: { meta } };
}

async function datasetHalfHours(dataset: Dataset, { hours, from, to }: HalfHoursQuery): Promise<Answer> {
  if (hours !== undefined)
    throw badRequest('the dataset has no last hours', hours, 'from and to, or source=live');
  const [counting, extent, timeZone] = await Promise.all([
    dataset.isCounting(),
    readExtent(dataset.pool),
    readTimeZone(dataset.pool),
  ]);
  const days = daysOf(from, to, extent);
  const rows = days === undefined ? [] : await readHalfHours(dataset.pool, days);
  const meta = {
    source: 'dataset',
    as_of: new Date().toISOString(),
    gap_ms: GAP_MS,
    time_zone: timeZone,
    counting,
    extent: extent ?? null,
  };
  const columns = ['from', 'to', 'sessions', 'single', 'events', 'duration_ms'];
  return { name: 'sessions-dataset', columns, rows, more: { meta } };
}

/** The requested days; the last one of the dataset by default. */
function daysOf(
  from: string | undefined,
  to: string | undefined,
  extent: DayRange | undefined,
): DayRange | undefined {
  if (from === undefined && to === undefined)
    return extent === undefined ? undefined : { from: addDays(extent.to, -1), to: extent.to };
  const days = { from: from ?? addDays(to ?? '', -1), to: to ?? addDays(from ?? '', 1) };
  const many = daysBetween(days);
  if (many >= 1 && many <= MOST_DAYS) return days;
  throw badRequest(
    'these are no usable days',
    `${days.from} to ${days.to}`,
    `from before to, at most ${MOST_DAYS} days`,
  );
}

function halfHourOf(from: string): number {
  const ms = Date.parse(from);
  if (ms % HALF_HOUR_MS === 0) return ms;
  throw badRequest('the query has no usable from', from, 'the instant at which a half hour begins, in UTC');
}

type Verified = (Verification | DatasetVerification) & { readonly source: Source; readonly as_of: string };

/** One verification of a source at a time, shared by concurrent requests and answered again for VERIFIED_FOR_MS. */
function serveVerification(router: Router, dataset: Dataset, ingest: () => Promise<Subscription>): void {
  const { pool } = dataset;
  const flight = new SingleFlight<Verified>();
  const newest = new Map<Source, { readonly at: number; readonly of: string; readonly answer: Verified }>();
  const verify = async (source: Source) => {
    if (source === 'live') return verifySessions(pool, await ingest(), VERIFIED_HOURS);
    // Loads DuckDB, which the web part needs for nothing else.
    const { verifyDataset } = await import('./dataset/verify.ts');
    return verifyDataset(pool);
  };
  const ask = async (source: Source): Promise<Verified> => {
    const of = source === 'live' ? source : await countedLoads(pool);
    const known = newest.get(source);
    if (known?.of === of && performance.now() - known.at < VERIFIED_FOR_MS[source]) return known.answer;
    return flight.get(source, async () => {
      const answer = { source, ...(await verify(source)), as_of: new Date().toISOString() };
      newest.set(source, { at: performance.now(), of, answer });
      return answer;
    });
  };
  serve(router, sessionOperations.verify, async (req, res) => {
    const { source } = readQuery(sessionOperations.verify.query, req);
    sendJson(res, await ask(source));
  });
}
