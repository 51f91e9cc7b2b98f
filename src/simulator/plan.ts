// The plan of a run: all its sends, which follow from seed and clock. Dry runs and the target kafka send it; at the target http
// shoppers walk instead (targets/walk.ts).

import { isObject, type JsonObject } from '../events/json-object.ts';
import { type CrowdOptions, crowd } from './core/crowd.ts';
import { Injector, type Send } from './core/inject.ts';
import { sendsInOrder } from './core/sends.ts';
import type { RunOptions } from './options.ts';
import { visitSends } from './visits.ts';

/** @param start milliseconds since 1970 of the first moment */
export function crowdOf(options: RunOptions, start: number): CrowdOptions {
  const { users, plannedRate, seed, personas, duration, curve, clock, turnover } = options;
  return { users, rate: plannedRate, seed, personas, clock, start, end: start + duration, curve, turnover };
}

/** All sends by time; the same options give the same sends. */
export function planOf(options: RunOptions): Generator<Send> {
  const { users, seed, clock, faults } = options;
  const visits = visitSends(options, clock);
  if (users === 0) return inOrder([], visits);
  const sends = sendsInOrder(crowd(crowdOf(options, clock)), new Injector(seed, clock, faults));
  return visits.length === 0 ? sends : inOrder(sends, visits);
}

/** Merges two sequences, both by time. */
function* inOrder(sends: Iterable<Send>, visits: Send[]): Generator<Send> {
  for (const send of sends) {
    while ((visits[0]?.at ?? Number.POSITIVE_INFINITY) <= send.at) yield visits.shift() as Send;
    yield send;
  }
  yield* visits;
}

/** A line of a dry run, its keys sorted: a send and its expected outcome, with `bytes` where a fault replaces the event's. */
export function dryLine(n: number, { at, event, faults, expect, broken }: Send): string {
  const bytes = broken === undefined ? {} : { bytes: broken.toString() };
  const line = { n, at: new Date(at).toISOString(), faults, expect, event, ...bytes };
  return `${JSON.stringify(line, (_key, value: unknown) => (isObject(value) ? sortedKeys(value) : value))}\n`;
}

const sortedKeys = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
