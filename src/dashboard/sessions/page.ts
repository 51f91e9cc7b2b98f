// GET /dashboard/sessions: sessions by the half hour, live or of loaded files, what began in one, and one visitor's events with the
// verdicts. A page without scripts; only the button that proves it has one.

import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readTimeZone } from '../../db/time-zone.ts';
import { isId } from '../../events/ids.ts';
import { unavailable } from '../../http/errors.ts';
import { route } from '../../http/routes.ts';
import { addDays, daySchema } from '../../runtime/day.ts';
import { MOST_BEGUN, readBegun } from '../../sessions/begun.ts';
import type { Dataset } from '../../sessions/dataset/dataset.ts';
import { readExtent, readHalfHours } from '../../sessions/dataset/read.ts';
import { lengthText } from '../../sessions/explain.ts';
import { sessionBars } from '../../sessions/live/bars.ts';
import { HALF_HOUR_MS } from '../../sessions/live/half-hours.ts';
import type { Source } from '../../sessions/options.ts';
import { explainVisitor } from '../../sessions/visitor.ts';
import { plainLayout } from '../../site/layout.ts';
import type { Traces } from '../../tracing/traces.ts';

const LIVE_BARS = 16;
const instant = z.iso.datetime();

/** What the page's address asks for; what can't be used is left out. */
type Asked = {
  readonly source: Source;
  readonly day: string | undefined;
  /** Where a half hour begins, in milliseconds. */
  readonly fromMs: number | undefined;
  /** As it was typed. */
  readonly visitor: string;
};

/** A bar, or a row of its table. The figures beside the number of sessions are the dataset's alone. */
type Bar = {
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
  readonly single?: number;
  readonly events?: number;
  readonly duration_ms?: number;
};

export function sessionsPage(dataset: Dataset, traces: Traces): Router {
  const router = Router();
  route(router, '/dashboard/sessions', { get: [(req, res) => show(dataset, traces, req, res)] });
  return router;
}

async function show(dataset: Dataset, traces: Traces, req: Request, res: Response): Promise<void> {
  const asked = readAsked(req.query);
  const model = await readModel(dataset, asked).catch((error) => {
    throw unavailable('postgres', 'Postgres is away: there is nothing to show until it is back', 5, error);
  });
  res
    .set('Cache-Control', 'no-store')
    .render('sessions', { ...plainLayout(req, res, traces, 'Sessions'), ...model });
}

function readAsked(query: Request['query']): Asked {
  const text = (name: string) => {
    const value = query[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const [day, fromMs] = [text('day'), Date.parse(instant.safeParse(text('from')).data ?? '')];
  return {
    source: text('source') === 'dataset' ? 'dataset' : 'live',
    day: daySchema.safeParse(day).data,
    fromMs: fromMs % HALF_HOUR_MS === 0 ? fromMs : undefined,
    visitor: text('visitor'),
  };
}

async function readModel(dataset: Dataset, asked: Asked) {
  const { source, fromMs, visitor } = asked;
  const timeZone = await readTimeZone(dataset.pool);
  const begun = fromMs === undefined ? undefined : await readBegun(dataset, source, fromMs);
  return {
    ...(source === 'live' ? await liveBars(dataset) : await datasetBars(dataset, asked.day)),
    source,
    timeZone,
    from: fromMs === undefined ? undefined : new Date(fromMs).toISOString(),
    begun: begun?.slice(0, MOST_BEGUN),
    hasMore: (begun?.length ?? 0) > MOST_BEGUN,
    visitor,
    visits: await visitsOf(dataset, source, visitor),
    lengthText,
    ...formats(timeZone),
  };
}

async function liveBars({ pool }: Dataset) {
  const bars: readonly Bar[] = await sessionBars(pool, Date.now(), LIVE_BARS);
  return { bars, isCounting: false, extent: undefined, day: undefined };
}

async function datasetBars(dataset: Dataset, asked: string | undefined) {
  const { pool } = dataset;
  const [isCounting, extent] = await Promise.all([dataset.isCounting(), readExtent(pool)]);
  const day = asked ?? (extent === undefined ? undefined : addDays(extent.to, -1));
  const bars: readonly Bar[] =
    day === undefined ? [] : await readHalfHours(pool, { from: day, to: addDays(day, 1) });
  return {
    bars,
    isCounting,
    extent,
    day,
    nextDay: day && addDays(day, 1),
    dayBefore: day && addDays(day, -1),
  };
}

/** A visitor's events; none where there is none, undefined where nobody is asked for, or not by an id. */
async function visitsOf(dataset: Dataset, source: Source, typed: string) {
  const id = typed.toLowerCase().replaceAll('-', '');
  return isId(id) ? explainVisitor(dataset, source, id) : undefined;
}

function formats(timeZone: string) {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const moment = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'medium' });
  const minute = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' });
  const weekday = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
  const count = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
  return {
    clock: (iso: string) => clock.format(new Date(iso)),
    moment: (iso: string) => moment.format(new Date(iso)),
    minute: (iso: string) => minute.format(new Date(iso)),
    weekday: (day: string) => weekday.format(new Date(day)),
    counted: (value: number) => count.format(value),
  };
}
