// Shoppers of a long run come, shop for a while, and come back after more than a session's gap. Times are in seconds of even traffic
// (week.ts), of which the night has fewer.

import type { Curve } from './week.ts';

/** From this length on a run has pauses: each shopper comes at least once in it. */
const LONG_MS = 2 * 3_600_000;
const CYCLE_SECONDS = 3 * 3_600;
/** Share of a cycle in which a shopper is there; the pause is long enough for the busiest hour of the week. */
const PRESENT = 0.5;
/** The fraction of √2 spreads the shoppers over the cycle, so that as many are there at any time. */
const SPREAD = Math.SQRT2 - 1;

/** Whether the shoppers of a run have pauses. An endless crowd is so large that each of it comes seldom. @param length milliseconds */
export const hasPauses = (length: number): boolean => length >= LONG_MS && Number.isFinite(length);

/** The curve of one shopper, who does all that is due in a cycle while present. */
export function inSittings(curve: Curve, shopper: number): Curve {
  const offset = CYCLE_SECONDS * ((shopper * SPREAD) % 1);
  return (seconds) => {
    const cycle = Math.floor((seconds + offset) / CYCLE_SECONDS) * CYCLE_SECONDS;
    return curve(cycle - offset + (seconds + offset - cycle) * PRESENT);
  };
}
