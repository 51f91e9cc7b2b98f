// Which half hours of the chart of sessions an event changes, and whether it came after they were over. A session counts once, in the
// half hour of its first event. Pure.

import type { Effect } from './step.ts';

/** Bars of the chart begin at whole half hours of UTC. */
export const HALF_HOUR_MS = 1_800_000;

/** When the half hour begins in which an instant is, in milliseconds since 1970. */
export const halfHourOf = (ms: number): number => Math.floor(ms / HALF_HOUR_MS) * HALF_HOUR_MS;

/** The half hours whose number of sessions changes: one is opened, merged into another, or begins in an earlier half hour. */
function changedBars({ before, after }: Effect): number[] {
  if (before === undefined || after.mergedInto !== undefined) return [halfHourOf(after.startedMs)];
  const [from, to] = [halfHourOf(before.startedMs), halfHourOf(after.startedMs)];
  return from === to ? [] : [from, to];
}

/**
 * The half hours that an event changes though they were over when it came.
 * @param arrivedMs timestamp of the event's record, milliseconds since 1970
 */
export function lateBarsOf(effects: readonly Effect[], arrivedMs: number): number[] {
  const bars = new Set(effects.flatMap(changedBars));
  return [...bars].filter((from) => arrivedMs >= from + HALF_HOUR_MS);
}
