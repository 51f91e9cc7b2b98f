// Long waits of the broker end together, at whole seconds: an idle broker, and whoever waits for it, wakes once for all of them.
// A second more or less matters to none that is that long.

import { steadyNow } from './steady-clock.ts';

const LONG_MS = 4_000;
const EVERY_MS = 1_000;

/** When a wait ends that may be up to a second shorter where it is long. Times are those of steadyNow(). */
export function endWithin(waitMs: number): number {
  const end = steadyNow() + waitMs;
  return waitMs < LONG_MS ? end : end - (end % EVERY_MS);
}

/** When to look at something that is due at `at`, up to a second later where that is long from now. */
export const lookAfter = (at: number): number =>
  at - steadyNow() < LONG_MS ? at : Math.ceil(at / EVERY_MS) * EVERY_MS;

type Moment = { readonly timer: NodeJS.Timeout; readonly calls: Set<() => void> };

const moments = new Map<number, Moment>();

/**
 * Calls back at a time of steadyNow(), within the next 24 days; calls of one time share a timer, which keeps no process alive.
 * @param call never throws
 * @returns what takes it back
 */
export function callAt(at: number, call: () => void): () => void {
  const moment = moments.get(at) ?? begin(at);
  const own = () => call();
  moment.calls.add(own);
  return () => {
    moment.calls.delete(own);
    if (moment.calls.size > 0 || moments.get(at) !== moment) return;
    clearTimeout(moment.timer);
    moments.delete(at);
  };
}

function begin(at: number): Moment {
  const calls = new Set<() => void>();
  const end = () => {
    moments.delete(at);
    for (const call of calls) call();
  };
  const moment = { timer: setTimeout(end, Math.max(at - steadyNow(), 1)).unref(), calls };
  moments.set(at, moment);
  return moment;
}
