// Which bars of sessions an event changes, and whether it came after they were over. A bar is a half hour, in which each session counts
// once, by its first event. Pure.

import type { Heard } from './step.ts';

/** Bars of sessions begin at whole half hours. */
export const HALF_HOUR_MS = 1_800_000;

/** When the half hour begins in which an instant is, in milliseconds since 1970. */
export const halfHourOf = (ms: number): number => Math.floor(ms / HALF_HOUR_MS) * HALF_HOUR_MS;

/** The half hours that have a session more or fewer: one is opened, merged into another, or begins in an earlier half hour. */
function changedBars({ before, after }: Heard): number[] {
  if (before === undefined || after.mergedInto !== undefined) return [halfHourOf(after.startedMs)];
  const [from, to] = [halfHourOf(before.startedMs), halfHourOf(after.startedMs)];
  return from === to ? [] : [from, to];
}

/**
 * The half hours that an event changes though they were over when it came.
 * @param arrivedMs when Kafka had the event
 */
export function lateBarsOf(heard: readonly Heard[], arrivedMs: number): number[] {
  const bars = new Set(heard.flatMap(changedBars));
  return [...bars].filter((from) => arrivedMs >= from + HALF_HOUR_MS);
}
