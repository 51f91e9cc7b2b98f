// Every chart of the dashboard through HTTP, in turn on a small and on a full database.

import { setTimeout as sleep } from 'node:timers/promises';
import { CHANGE_CHANNEL, storedMessage } from '../../src/db/change.ts';
import { median, percentile } from '../statistics.ts';
import type { Loaded } from './loaded.ts';

const RANGE = 'from=2019-01-01&to=2019-06-01';
const DAY = 'from=2019-03-04&to=2019-03-05';

export const CHARTS = {
  today: '/api/charts/today',
  questions: '/api/questions',
  totals: `/api/charts/totals?${RANGE}`,
  'daily counts': `/api/charts/daily?${RANGE}`,
  'daily, filtered': `/api/charts/daily?${RANGE}&product=clothes&device=mobile`,
  'orders by day': `/api/charts/orders?${RANGE}`,
  'orders by hour': '/api/charts/orders?from=2019-03-04&to=2019-03-11',
  'orders of a day': `/api/charts/orders?${DAY}`,
  'people by device': '/api/charts/devices?year=2019',
  'events by device': '/api/charts/devices?year=2019&count=events',
  funnel: `/api/charts/funnel?${RANGE}`,
} as const;

export type Times = { readonly p50: number; readonly p99: number };

async function once(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return performance.now() - began;
}

const NEWS = storedMessage({ topic: 'bench', partition: -1, next: '0' });
const NEWS_MS = 5;

/**
 * Milliseconds of a chart on each database, in turn: medians over `rounds` of `requests` each.
 * @param anew whether the program is notified before each request that something was stored, so that no answer is cached
 */
export async function timeChart(
  databases: readonly Loaded[],
  path: string,
  rounds: number,
  requests: number,
  anew: boolean,
): Promise<Times[]> {
  // The first one warms up.
  await timeRound(databases, path, Math.ceil(requests / 10), anew);
  const times: Times[][] = [];
  for (let round = 0; round < rounds; round += 1)
    times.push(await timeRound(databases, path, requests, anew));
  const medianOf = (index: number, part: keyof Times) => median(times.map((one) => one[index]?.[part] ?? 0));
  return databases.map((_, index) => ({ p50: medianOf(index, 'p50'), p99: medianOf(index, 'p99') }));
}

async function timeRound(
  databases: readonly Loaded[],
  path: string,
  requests: number,
  anew: boolean,
): Promise<Times[]> {
  const samples = databases.map((): number[] => []);
  for (let n = 0; n < requests; n += 1) {
    // Each goes first in every other round.
    const inTurn = [...databases.entries()];
    if (n % 2 === 1) inTurn.reverse();
    for (const [index, { program, database }] of inTurn) {
      if (anew) {
        await database.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, NEWS]);
        await sleep(NEWS_MS);
      }
      samples[index]?.push(await once(program.url + path));
    }
  }
  return samples.map((times) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) }));
}
