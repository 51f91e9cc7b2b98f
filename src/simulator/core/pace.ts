// The pace of a crowd. A shopper's pace is one of a few steps, so that one shopper more or less does not change the others'
// timing; where the step is a little too fast, the last shoppers are left out.

/** Steps of the pace in each octave: neighbours differ by 2.2 %. */
const STEPS = 32;
/** Default events a second of a shopper. */
export const USUAL_PACE = 0.25;
const LONGEST_THINK_MS = 8_000;
/** Largest share of a shopper's time in visits. */
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
