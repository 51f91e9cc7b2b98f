// Looks at the same pace share one timer: an idle process wakes once for all of them, and not for each.

/** The pace of looks at what may wait for seconds. */
export const SELDOM_MS = 5_000;

type Tick = { readonly timer: NodeJS.Timeout; readonly looks: Set<() => void> };

const ticks = new Map<number, Tick>();

/**
 * Looks now and then; the first look may come sooner than the pace says. Does not keep the process alive.
 * @param look never throws
 * @returns what ends it
 */
export function lookEvery(ms: number, look: () => void): () => void {
  const tick = ticks.get(ms) ?? begin(ms);
  // A function of its own, so that a look that is given twice is ended once.
  const own = () => look();
  tick.looks.add(own);
  return () => {
    tick.looks.delete(own);
    if (tick.looks.size > 0 || ticks.get(ms) !== tick) return;
    clearInterval(tick.timer);
    ticks.delete(ms);
  };
}

function begin(ms: number): Tick {
  const looks = new Set<() => void>();
  const timer = setInterval(() => {
    for (const look of looks) look();
  }, ms);
  timer.unref();
  const tick = { timer, looks };
  ticks.set(ms, tick);
  return tick;
}
