// How long a consumer pauses after a batch, so that the records that arrive meanwhile are stored together.

import { setTimeout as sleep } from 'node:timers/promises';

/** What each record of a batch adds to the interval between batches, and its limit. */
const PACE_MS_A_RECORD = 0.5;
const LONGEST_PACE_MS = 100;
/** The least interval as a multiple of the time a batch took: on a busy machine, fewer and larger batches cost less. */
const PACE_OF_WORK = 2;

/** The pauses of a consumer. */
export type Pace = {
  /** Minimum of milliseconds from the beginning of a batch to that of the next. */
  readonly leastMs: number;
  /** Pauses; ends early when the signal is aborted, or at the pace's own will. Never rejects. */
  rest(ms: number, signal: AbortSignal): Promise<void>;
};

/** A constant pace. */
export const steady = (leastMs: number): Pace => ({
  leastMs,
  rest: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
});

/** The pace of a consumer whose results are waited for. */
export const AT_ONCE = steady(15);

/**
 * Does the work of a batch, then pauses for longer the more records it had and the longer it took: a single event is stored at once,
 * many small transactions become fewer larger ones, and in a backlog there is no pause.
 * @param isLast whether the batch reaches the end of its partition; only then is there a pause
 * @param signal ends the pause
 */
export async function paced(
  records: number,
  isLast: boolean,
  work: () => Promise<void>,
  pace: Pace,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  await work();
  if (!isLast) return;
  const took = performance.now() - began;
  const least = Math.max(AT_ONCE.leastMs + records * PACE_MS_A_RECORD, took * PACE_OF_WORK);
  await pace.rest(Math.max(pace.leastMs, Math.min(least, LONGEST_PACE_MS)) - took, signal);
}
