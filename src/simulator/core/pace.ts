// How fast a crowd goes. A shopper's pace is one of a few steps, so that a shopper more or less in the crowd leaves the
// others' timing as it is; where that makes the crowd a little faster than asked, the last shoppers stay at home.

/** Of the pace, in each octave: two neighbours differ by 2.2 %. */
const STEPS = 32;
/** Events a second of a shopper, unless told otherwise. */
export const USUAL_PACE = 0.25;
const LONGEST_THINK_MS = 8_000;
/** Of a shopper's time, at most, is spent in visits. */
const BUSY = 0.4;

export type Pace = {
  /** Shoppers that are needed for the rate. */
  readonly shoppers: number;
  /** Events a second of one of them. */
  readonly perShopper: number;
  /** Mean milliseconds between two actions of a visit. */
  readonly thinkMs: number;
};

/**
 * @param users 1 or more
 * @param rate events a second, of all
 */
export function paceOf(users: number, rate: number): Pace {
  const perShopper = 2 ** (Math.ceil(Math.log2(rate / users) * STEPS - 1e-9) / STEPS);
  return {
    shoppers: Math.max(1, Math.min(users, Math.round(rate / perShopper))),
    perShopper,
    thinkMs: Math.min(LONGEST_THINK_MS, (BUSY * 1000) / perShopper),
  };
}
