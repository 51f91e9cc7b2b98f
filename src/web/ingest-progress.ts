// Whether what Kafka takes gets into Postgres, for /readyz: a shop that answers 202 while nothing is stored is not ready.
// Pure: two looks, some seconds apart, tell whether ingest moves.

import type { TopicEnds } from '../kafka/probe.ts';

/** Longer than a group needs to give a killed consumer's partitions away, and than a slow batch. */
export const STALLED_AFTER_MS = 25_000;

/** One look. `stored` is the sum of the offsets in Postgres, `behind` the records of Kafka that are not there yet. */
export type Look = { readonly stored: bigint; readonly behind: bigint; readonly at: number };

/**
 * @param offsets next offsets in Postgres, by partition; a partition without one was never stored
 * @param at milliseconds of a clock that is never set back
 */
export function lookAt({ ends }: TopicEnds, offsets: ReadonlyMap<number, bigint>, at: number): Look {
  const stored = [...offsets.values()].reduce((sum, next) => sum + next, 0n);
  let behind = 0n;
  for (const [partition, end] of ends) {
    const missing = end - (offsets.get(partition) ?? 0n);
    if (missing > 0n) behind += missing;
  }
  return { stored, behind, at };
}

/** The look to compare the next one with: the first at which records waited since something was stored. */
export function baselineOf(before: Look | undefined, now: Look): Look {
  if (before === undefined || before.behind === 0n || now.behind === 0n) return now;
  return now.stored === before.stored ? before : now;
}

/** True where records wait, and for long nothing was stored of them. */
export const isStalled = (baseline: Look, now: Look): boolean =>
  now.behind > 0n && now.behind >= baseline.behind && now.at - baseline.at >= STALLED_AFTER_MS;
