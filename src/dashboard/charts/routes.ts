// GET /api/charts/*: every number of the dashboard. Query strings are checked by operations.ts; one query per chart does the rest.

import { type Request, Router } from 'express';
import type { ChangeBus } from '../../db/change-bus.ts';
import type { Pool } from '../../db/pool.ts';
import { readTimeZone } from '../../db/time-zone.ts';
import { badRequest } from '../../http/errors.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { type Answer, ResponseCache } from '../../http/response-cache.ts';
import { type DayRange, daysBetween } from '../../runtime/day.ts';
import { lookAtToday } from '../audience.ts';
import { mayHaveEvents } from '../followers.ts';
import { dailyCounts, dailyStep } from './daily.ts';
import { eventsByDevice, usersByDevice, yearsWithEvents } from './devices.ts';
import { dayExtent } from './extent.ts';
import { funnel } from './funnel.ts';
import { chartOperations } from './operations.ts';
import { ordersOverTime } from './orders.ts';
import { completed, dayIn, everything, LONGEST_DAYS } from './range.ts';
import { periodBefore, totals } from './totals.ts';

/** The routes of the charts; their answers are made anew after each change. */
export function charts(pool: Pool, changes: ChangeBus): Router {
  const router = Router();
  const answers = new ResponseCache();
  changes.add({
    stored: (change) => {
      if (mayHaveEvents(change)) answers.forget();
    },
  });
  const handlers = { daily, orders, devices, funnel: funnelChart, totals: totalsChart, today };
  for (const name of Object.keys(chartOperations) as (keyof typeof chartOperations)[]) {
    serve(router, chartOperations[name], (req, res) =>
      // Today is over at midnight, whether or not something was stored.
      answers.send(req, res, () => handlers[name](pool, req), name !== 'today'),
    );
  }
  return router;
}

type Given = { readonly from?: string | undefined; readonly to?: string | undefined };

/** The asked range; a missing end is that of everything there is, so that only what was asked can be refused. */
async function readRange(pool: Pool, { from, to }: Given, timeZone: string): Promise<DayRange> {
  const today = dayIn(timeZone);
  const isWhole = from !== undefined && to !== undefined;
  const all = everything(isWhole ? undefined : await dayExtent(pool, today), today);
  const asked = completed({ from, to }, all);
  const days = daysBetween(asked);
  if (days >= 1 && days <= LONGEST_DAYS) return asked;
  throw badRequest(
    'the range of days is not possible',
    `${asked.from} to ${asked.to}`,
    'from before to, 100 years at most',
  );
}

function meta(timeZone: string, given: object, rows: readonly { count?: number }[]) {
  const total = rows.reduce((sum, row) => sum + (row.count ?? 0), 0);
  return {
    meta: { ...given, time_zone: timeZone, as_of: new Date().toISOString(), rows: rows.length, total },
  };
}

async function daily(pool: Pool, req: Request): Promise<Answer> {
  const query = readQuery(chartOperations.daily.query, req);
  const timeZone = await readTimeZone(pool);
  const days = await readRange(pool, query, timeZone);
  const rows = await dailyCounts(pool, days, query.product, query.device, query);
  return {
    name: 'daily',
    columns: ['day', 'title', 'count'],
    rows,
    more: meta(timeZone, { ...days, step: dailyStep(days) }, rows),
  };
}

async function orders(pool: Pool, req: Request): Promise<Answer> {
  const query = readQuery(chartOperations.orders.query, req);
  const timeZone = await readTimeZone(pool);
  const days = await readRange(pool, query, timeZone);
  const { resolution, rows } = await ordersOverTime(pool, days, query.product, query, dayIn(timeZone));
  return {
    name: 'orders',
    columns: ['time', 'product', 'count'],
    rows,
    more: meta(timeZone, { ...days, resolution }, rows),
  };
}

async function devices(pool: Pool, req: Request): Promise<Answer> {
  const { year, count, ...whose } = readQuery(chartOperations.devices.query, req);
  const [timeZone, years, rows] = await Promise.all([
    readTimeZone(pool),
    yearsWithEvents(pool),
    count === 'users' ? usersByDevice(pool, year, whose) : eventsByDevice(pool, year, whose),
  ]);
  return {
    name: 'devices',
    columns: ['device', 'count'],
    rows,
    more: meta(timeZone, { year, years, count }, rows),
  };
}

async function funnelChart(pool: Pool, req: Request): Promise<Answer> {
  const query = readQuery(chartOperations.funnel.query, req);
  const timeZone = await readTimeZone(pool);
  const days = await readRange(pool, query, timeZone);
  const rows = await funnel(pool, days, query);
  const counted = rows.map(({ shows, clicks, orders: placed }) => ({ count: shows + clicks + placed }));
  return {
    name: 'funnel',
    columns: ['product', 'device', 'shows', 'clicks', 'orders'],
    rows,
    more: meta(timeZone, days, counted),
  };
}

async function totalsChart(pool: Pool, req: Request): Promise<Answer> {
  const query = readQuery(chartOperations.totals.query, req);
  const timeZone = await readTimeZone(pool);
  const days = await readRange(pool, query, timeZone);
  const rows = await totals(pool, days, query.product, query.device, query);
  return {
    name: 'totals',
    columns: ['title', 'count', 'before'],
    rows,
    more: meta(timeZone, { ...days, before: periodBefore(days) }, rows),
  };
}

async function today(pool: Pool, req: Request): Promise<Answer> {
  const whose = readQuery(chartOperations.today.query, req);
  const { rows, ...more } = await lookAtToday(pool, whose);
  return { name: 'today', columns: ['product', 'title', 'device', 'count'], rows, more };
}
