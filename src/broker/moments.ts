// Long waits of the broker end together, at whole seconds, so that an idle broker and its clients wake once for all of them. A
// second more or less does not matter to a wait of several.

import { steadyNow } from './steady-clock.ts';

const LONG_MS = 4_000;
const EVERY_MS = 1_000;

/** When a wait ends, by steadyNow(): one of 4 s or more up to a second early. */
export function endWithin(waitMs: number): number {
  const end = steadyNow() + waitMs;
  return waitMs < LONG_MS ? end : end - (end % EVERY_MS);
}

/** When to check something that is due at `at`, by steadyNow(): up to a second late where that is 4 s or more from now. */
export const lookAfter = (at: number): number =>
  at - steadyNow() < LONG_MS ? at : Math.ceil(at / EVERY_MS) * EVERY_MS;

type Moment = { readonly timer: NodeJS.Timeout; readonly calls: Set<() => void> };

const moments = new Map<number, Moment>();

/**
 * Calls back at a time of steadyNow(), within the next 24 days. Calls at the same time share a timer, which does not keep the
 * process alive.
 * @param call must not throw
 * @returns the function that cancels the call
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
