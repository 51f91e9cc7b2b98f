// How long a consumer pauses after a batch, so that the records behind it are stored together.

import { setTimeout as sleep } from 'node:timers/promises';

/** What each record of a batch adds to its pace, and where that ends. */
const PACE_MS_A_RECORD = 0.5;
const LONGEST_PACE_MS = 100;
/** Where a batch takes longer than usual the machine is busy: fewer and larger ones take less of it. */
const PACE_OF_WORK = 2;

/** The pauses of a consumer. */
export type Pace = {
  /** Least milliseconds from the beginning of a batch to that of the next. */
  readonly leastMs: number;
  /** Pauses; ends early where the signal is aborted, or something is to be hurried for. Never rejects. */
  rest(ms: number, signal: AbortSignal): Promise<void>;
};

/** A pace that is always the same. */
export const steady = (leastMs: number): Pace => ({
  leastMs,
  rest: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
});

/** The pace of a consumer for whose work somebody waits. */
export const AT_ONCE = steady(15);

/**
 * The pause grows with what has come and how long it took: an event that comes alone is stored at once, many small transactions
 * become some larger ones, and a backlog isn't held up.
 * @param isLast whether the batch reaches the end of its partition
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
